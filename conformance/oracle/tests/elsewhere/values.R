# Prints R's release, then answers questions about R's own distribution functions, one line each, with one line of
# hexadecimal floats.
# A question is "pgamma|shape=2.5,rate=0.5,lower.tail=FALSE|0x1p+0 0x1.8p+1": function, named arguments, points.

named <- function(text) {
  pairs <- strsplit(strsplit(text, ",", fixed = TRUE)[[1]], "=", fixed = TRUE)
  values <- lapply(pairs, function(pair) if (pair[2] %in% c("TRUE", "FALSE")) as.logical(pair[2]) else as.numeric(pair[2]))
  setNames(values, vapply(pairs, function(pair) pair[1], ""))
}

cat(as.character(getRversion()), "\n", sep = "")
input <- file("stdin")
questions <- readLines(input)
close(input)
for (line in questions) {
  parts <- strsplit(line, "|", fixed = TRUE)[[1]]
  points <- as.numeric(strsplit(parts[3], " ", fixed = TRUE)[[1]])
  values <- suppressWarnings(do.call(parts[1], c(list(points), named(parts[2]))))
  cat(ifelse(is.finite(values), sprintf("%a", values), as.character(values)), sep = " ")
  cat("\n")
}
