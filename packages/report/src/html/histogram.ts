/** Durations by size as bars, each bucket twice as wide as the one before: where the times lie, not only their mean. */
import { type Durations, FIRST_BUCKET_US } from '@lockdep/core';
import { html, type Markup } from './html.ts';

const WIDTH = 300;
const HEIGHT = 74;
const FOOT = 16;

/** Fewest buckets on the axis, so that one bar is not a wall. */
const LEAST = 8;

/** The plot of one or two distributions on one axis; null when all are empty. */
export function histogram(
  title: string,
  series: readonly { readonly name: string; readonly times: Durations }[],
): Markup | null {
  const used = series.filter(({ times }) => times.buckets.length > 0);
  if (used.length === 0) return null;
  const first = Math.min(...used.map(({ times }) => times.buckets.findIndex((count) => count > 0)));
  const last = Math.max(...used.map(({ times }) => times.buckets.length));
  const columns = Math.max(LEAST, last - first);
  const step = WIDTH / columns;
  const room = HEIGHT - FOOT;
  const bars = used.map(({ name, times }, index) => {
    const width = (step - 2) / used.length;
    // Each on its own scale: a few waits would not be seen beside thousands of holds.
    const most = Math.max(...times.buckets);
    const columnsOf = times.buckets.map((count, bucket) => {
      if (count === 0) return '';
      // One among thousands must still be seen.
      const height = short(Math.max(2, (count / most) * room));
      return `M${short((bucket - first) * step + 1 + index * width)} ${room}v-${height}h${short(width)}v${height}z`;
    });
    return html`<path class="${name}" d="${columnsOf.join('')}"/>`;
  });
  const labels = [0, 1 / 3, 2 / 3].map((part) => Math.round(part * columns));
  const axis = labels.map(
    (column) =>
      html`<text x="${short(column * step)}" y="${HEIGHT - 3}">${column + first === 0 ? '0' : time(FIRST_BUCKET_US * 2 ** (column + first - 1))}</text>`,
  );
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">${bars}<path class="axis" d="M0 ${room}H${WIDTH}"/>${axis}</svg>`;
}

function short(length: number): number {
  return Math.round(length * 10) / 10;
}

/** A time with the unit that suits it. */
export function time(us: number): string {
  const [value, unit] =
    us < 1 ? [us * 1000, 'ns'] : us < 1000 ? [us, 'µs'] : us < 1e6 ? [us / 1000, 'ms'] : [us / 1e6, 's'];
  return `${value < 10 && !Number.isInteger(value) ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
