/** The verdicts of all scenarios as the table of the README: a column a profile, then what the switches do. */
import { type Profile, profiles } from '@lockdep/page-cache';
import { type Cell, PREEMPTIONS, scenarios } from '../src/index.ts';

export function scenarioTable(): string {
  const rows = scenarios.flatMap((scenario) => {
    const names = [...new Set(scenario.cells.map((cell) => cell.fs))];
    return names.map((fs) => {
      const cells = scenario.cells.filter((cell) => cell.fs === fs);
      const columns = profiles.map((profile) => plain(cells, profile));
      return `| ${scenario.id} | ${scenario.title} | ${fs} | ${columns.join(' | ')} | ${switches(cells)} |`;
    });
  });
  return [
    '| | program | file system | before | seed | merged | latest | with a switch |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function plain(cells: readonly Cell[], profile: Profile): string {
  const cell = cells.find((candidate) => candidate.profile === profile && candidate.bugs === undefined);
  if (cell === undefined) return '–';
  if (cell.effort === 'bounded') return `${cell.verdict} (≤${PREEMPTIONS})`;
  return cell.effort === 'sample' && cell.verdict === 'clean' ? 'clean (sampled)' : cell.verdict;
}

function switches(cells: readonly Cell[]): string {
  const verdicts = new Set(
    cells.flatMap(({ bugs, verdict }) =>
      bugs === undefined ? [] : [`\`${Object.entries(bugs).map(([key, value]) => `${key}=${value}`)}\`: ${verdict}`],
    ),
  );
  return verdicts.size === 0 ? '–' : [...verdicts].join('; ');
}
