/** The ways in which fsx is run, and what is wrong with one run, the log of its last operations with it. */
import { type FsxCampaign, type FsxOptions, formatFsxEntry, runFsx } from '../src/index.ts';

export const fsxVariants = {
  alone: {},
  'one mapping for all': { keepsMapped: true, closeOpen: 3 },
  'memory management beside it': { background: true },
  'readers and memory management beside it': { background: true, readers: true, keepsMapped: true },
  'direct and buffered': { direct: true, keepsMapped: true, background: true },
} as const satisfies Readonly<Record<string, FsxOptions>>;

export function fsxComplaints(campaign: FsxCampaign): object {
  const { failure, log } = runFsx(campaign);
  if (failure === null) return {};
  return { seed: campaign.seed, failure, last: log.slice(-8).map(formatFsxEntry) };
}
