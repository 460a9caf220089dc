/**
 * An inversion that needs three functions, found in a run in which nothing goes wrong; then the schedule in which it does. The guide
 * beside this file explains it step by step.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { lockdep } from '@lockdep/locks';
import { renderDot, renderSvg, renderText } from '@lockdep/report';
import { exploreAsync } from '@lockdep/simulator';
import { openBank } from './bank.ts';

const bank = openBank();
await lockdep.task('transfer', bank.transfer);
await lockdep.task('close of day', bank.closeDay);
await lockdep.task('mail', bank.readMail);

const validator = lockdep();
const root = import.meta.dirname;
for (const report of validator.reports) console.log(renderText(report, { root }));

const file = new URL('../../out/first-inversion.svg', import.meta.url);
await mkdir(new URL('.', file), { recursive: true });
const dot = renderDot(validator.graph(), { reports: validator.reports });
await writeFile(file, await renderSvg(dot.replaceAll(`${root}/`, '')));
console.log('The learned order as a picture: out/first-inversion.svg\n');

const result = await exploreAsync((sim) => {
  const explored = openBank();
  sim.task('transfer', explored.transfer);
  sim.task('close of day', explored.closeDay);
  sim.task('mail', explored.readMail);
});
console.log(`${result.failures[0]?.message}\n\n${result.failures[0]?.diagram}`);
