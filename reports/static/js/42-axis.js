// The two axes of a plot, under one shape: how many bins, where a value lies (0 to 1), which value lies at a place, and
// where its ticks are. "close" is the close view of conformance/scoring/closeup.py, "line" all floats by their ordinal.
function lineAxis(dtype, from = 0, to = 1) {
  return { from, to, place: (value) => placeOf(value, dtype), value: (place) => valueAt(place, dtype),
    ticks: (width) => decadeTicks(from, to, dtype, width), label: () => "" };
}

function closeAxis({ centre, low, high }) {
  const start = (side) => Math.abs(centre - side.anchor);
  const along = (side, value) => (side.anchor === null ? Math.abs(value - centre) / side.reach
    : value === side.anchor ? 1 : Math.log(Math.abs(value - side.anchor) / start(side)) / Math.log(side.reach / start(side)));
  // The distance from the anchor, and the side of it that the axis is on.
  const away = (side, s) => ({ distance: start(side) * (side.reach / start(side)) ** s, sign: Math.sign(centre - side.anchor) });
  const sideOf = (place) => (place < 0.5 ? [low, (0.5 - place) * 2, -1] : [high, (place - 0.5) * 2, 1]);
  const axis = { from: 0, to: 1,
    place: (value) => { const up = value >= centre; return 0.5 + (up ? 0.5 : -0.5) * Math.min(1, along(up ? high : low, value)); },
    value: (place) => {
      const [side, s, sign] = sideOf(place);
      if (side.anchor === null) return centre + sign * s * side.reach;
      const { distance, sign: on } = away(side, s);
      return side.anchor + on * distance;
    },
    label: (place) => {
      const [side, s] = sideOf(place);
      if (!side.anchor) return readable(axis.value(place), 3);
      const { distance, sign } = away(side, s);
      return distance < 0.005 * Math.abs(side.anchor) ? `${readable(side.anchor, 3)} ${sign < 0 ? "−" : "+"} ${readable(distance, 2)}` : readable(axis.value(place), 3);
    },
    ticks: (width) => closeTicks(axis, { centre, low, high }, width) };
  return axis;
}

function closeTicks(axis, { centre, low, high }, width) {
  const ticks = [{ place: 0.5, text: readable(Number(centre.toPrecision(2)), 2) }];
  for (const side of [low, high]) {
    const up = side === high;
    if (side.anchor === null) {
      const step = [0.5, 1, 2, 5, 10, 20, 50, 100, 1000].find((each) => (each / side.reach) * width * 0.5 >= 50) || side.reach;
      for (let at = step; at <= side.reach; at += step) {
        const value = centre + (up ? at : -at);
        ticks.push({ place: axis.place(value), text: readable(value, 3) });
      }
      continue;
    }
    const start = Math.abs(centre - side.anchor), sign = Math.sign(centre - side.anchor);
    const [small, large] = [Math.min(start, side.reach), Math.max(start, side.reach)];
    for (let power = Math.ceil(Math.log10(small)); power <= Math.floor(Math.log10(large)); power += 1) {
      const s = Math.log(10 ** power / start) / Math.log(side.reach / start);
      const place = 0.5 + (up ? 0.5 : -0.5) * s;
      if (Math.abs(s) < 1e-9) continue;
      const text2 = side.anchor === 0 ? powerText(sign, power) : power >= -1 ? readable(side.anchor + sign * 10 ** power, 3)
        : `${readable(side.anchor, 3)}${sign < 0 ? "−" : "+"}${powerText(1, power)}`;
      ticks.push({ place, text: text2 });
    }
    if (side.reach < start) ticks.push({ place: up ? 1 : 0, text: readable(side.anchor, 3) });
  }
  ticks.sort((a, b) => a.place - b.place);
  let last = -Infinity;
  return ticks.map((tick) => {
    const x = tick.place * width, wide = tick.text.length * 6.5 + 8;
    if (tick.text && x - last < wide && tick.place !== 1) return { ...tick, text: "" };
    last = x;
    return tick;
  });
}
