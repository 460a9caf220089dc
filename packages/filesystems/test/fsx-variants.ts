/** The ways in which fsx is run, and what is wrong with one run, the log of its last operations with it. */
import { type FsxCampaign, type FsxOptions, formatFsxEntry, runFsx } from '../src/index.ts';

export const fsxVariants = {
  alone: {},
  'one mapping for all': { keepsMapped: true, closeOpen: 3 },
  'memory management beside it': { background: true },
  'readers and memory management beside it': { background: true, readers: true, keepsMapped: true },
  'direct and buffered': { direct: true, keepsMapped: true, background: true },
} as const satisfies Readonly<Record<string, FsxOptions>>;

/**
 * Before v6.14 ext4 left the pages at the edges of a zeroed range writable, so that stores to them were lost (generic/758; fsx finds it):
 * with one mapping for all, zero range is left out there. The ceph-like file system is the same code.
 */
function soundOperations({ fs, profile = 'merged', keepsMapped = false }: FsxCampaign): Pick<FsxCampaign, 'without'> {
  const loses = (fs === 'ext4' || fs === 'ceph') && profile !== 'latest' && keepsMapped;
  return loses ? { without: ['zero_range'] } : {};
}

export function fsxComplaints(campaign: FsxCampaign): object {
  const { failure, log } = runFsx({ ...campaign, ...soundOperations(campaign) });
  if (failure === null) return {};
  return { seed: campaign.seed, failure, last: log.slice(-8).map(formatFsxEntry) };
}
