/** Line plots side by side as SVG, one scale for all: `y` over `x`, a line for each name. */

export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

const WIDTH = 360;
const HEIGHT = 240;
const LEFT = 56;
const TOP = 48;
const BETWEEN = 44;
/** Told apart by dashes too. */
const STYLES = [
  'stroke="#b3261e"',
  'stroke="#1f5fbf"',
  'stroke="#3a7d44" stroke-dasharray="5 4"',
  'stroke="#7a5195" stroke-dasharray="1 4"',
];

export function plot(panels: readonly Panel[], labels: { readonly x: string; readonly y: string }): string {
  const points = panels.flatMap(({ lines }) => lines.flatMap((line) => line.points));
  const xs = [Math.min(...points.map(([x]) => x)), Math.max(...points.map(([x]) => x))] as const;
  const top = Math.ceil(Math.max(...points.map(([, y]) => y)) / 1_000) * 1_000;
  const width = LEFT + panels.length * (WIDTH + BETWEEN);
  const height = TOP + HEIGHT + 80;
  const at = (x: number, y: number): string =>
    `${round(((x - xs[0]) / (xs[1] - xs[0])) * WIDTH)},${round(HEIGHT - (y / top) * HEIGHT)}`;
  const body = panels.map(({ title, lines }, number) => {
    const grid = [0, 0.25, 0.5, 0.75, 1].map((part) => {
      const y = round(HEIGHT * (1 - part));
      return `<path d="M0 ${y}H${WIDTH}" stroke="#ddd"/><text x="-6" y="${y + 4}" text-anchor="end">${part * top}</text>`;
    });
    const ticks = [xs[0], (xs[0] + xs[1]) / 2, xs[1]].map(
      (x) => `<text x="${at(x, 0).split(',')[0]}" y="${HEIGHT + 18}" text-anchor="middle">${x}</text>`,
    );
    const drawn = lines.map(({ points: own }, style) => {
      const path = own.map(([x, y]) => at(x, y)).join(' ');
      return `<polyline points="${path}" fill="none" stroke-width="2" ${STYLES[style % STYLES.length]}/>`;
    });
    return [
      `<g transform="translate(${LEFT + number * (WIDTH + BETWEEN)} ${TOP})">`,
      `<text x="0" y="-14" font-weight="bold">${title}</text>`,
      ...grid,
      ...ticks,
      ...drawn,
      `<text x="${WIDTH / 2}" y="${HEIGHT + 36}" text-anchor="middle">${labels.x}</text></g>`,
    ].join('\n');
  });
  const legend = (panels[0]?.lines ?? []).map(({ name }, style) => {
    const x = LEFT + style * 190;
    const y = height - 16;
    return `<path d="M${x} ${y - 4}h30" stroke-width="2" ${STYLES[style % STYLES.length]}/><text x="${x + 38}" y="${y}">${name}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img"`,
    `font-family="system-ui, sans-serif" font-size="12" fill="#222"><title>${labels.y} over ${labels.x}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/><text x="4" y="12" fill="#555">${labels.y}</text>`,
    ...body,
    ...legend,
    '</svg>\n',
  ].join('\n');
}

const round = (value: number): number => Math.round(value * 10) / 10;
