// Prints Boost's release, then answers questions about Boost.Math's distributions, one line each, with one line of
// hexadecimal floats.
// A question is "gamma cdf 0x1.4p+1 0x1p+1 | 0x1p+0 0x1.8p+1": law, function, parameters, points.

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/cauchy.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/exponential.hpp>
#include <boost/math/distributions/extreme_value.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/inverse_gamma.hpp>
#include <boost/math/distributions/inverse_gaussian.hpp>
#include <boost/math/distributions/laplace.hpp>
#include <boost/math/distributions/logistic.hpp>
#include <boost/math/distributions/lognormal.hpp>
#include <boost/math/distributions/non_central_chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/pareto.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/distributions/triangular.hpp>
#include <boost/math/distributions/uniform.hpp>
#include <boost/math/distributions/weibull.hpp>

#include <boost/version.hpp>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

using namespace boost::math;

template <class Law>
double value(const Law& law, const std::string& function, double x) {
    if (function == "pdf") return pdf(law, x);
    if (function == "cdf") return cdf(law, x);
    if (function == "complement") return cdf(complement(law, x));
    if (function == "quantile") return quantile(law, x);
    std::abort();
}

template <class Law>
void answer(const Law& law, const std::string& function, const std::vector<double>& points) {
    for (double x : points) {
        try {
            std::printf("%a ", value(law, function, x));
        } catch (const std::exception&) {
            std::printf("raised ");
        }
    }
    std::printf("\n");
}

int main() {
    std::printf("%s\n", BOOST_LIB_VERSION);
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        std::string law, function, word;
        words >> law >> function;
        std::vector<double> p, x;
        std::vector<double>* numbers = &p;
        while (words >> word) {
            if (word == "|") numbers = &x;
            else numbers->push_back(std::strtod(word.c_str(), nullptr));
        }
        if (law == "beta") answer(beta_distribution<>(p[0], p[1]), function, x);
        else if (law == "cauchy") answer(cauchy(p[0], p[1]), function, x);
        else if (law == "chi_squared") answer(chi_squared(p[0]), function, x);
        else if (law == "exponential") answer(exponential(p[0]), function, x);
        else if (law == "extreme_value") answer(extreme_value(p[0], p[1]), function, x);
        else if (law == "fisher_f") answer(fisher_f(p[0], p[1]), function, x);
        else if (law == "gamma") answer(gamma_distribution<>(p[0], p[1]), function, x);
        else if (law == "inverse_gamma") answer(inverse_gamma_distribution<>(p[0], p[1]), function, x);
        else if (law == "inverse_gaussian") answer(inverse_gaussian(p[0], p[1]), function, x);
        else if (law == "laplace") answer(laplace(p[0], p[1]), function, x);
        else if (law == "logistic") answer(logistic(p[0], p[1]), function, x);
        else if (law == "lognormal") answer(lognormal(p[0], p[1]), function, x);
        else if (law == "non_central_chi_squared") answer(non_central_chi_squared(p[0], p[1]), function, x);
        else if (law == "normal") answer(normal(p[0], p[1]), function, x);
        else if (law == "pareto") answer(pareto(p[0], p[1]), function, x);
        else if (law == "students_t") answer(students_t(p[0]), function, x);
        else if (law == "triangular") answer(triangular(p[0], p[1], p[2]), function, x);
        else if (law == "uniform") answer(uniform(p[0], p[1]), function, x);
        else if (law == "weibull") answer(weibull(p[0], p[1]), function, x);
        else std::abort();
    }
}
