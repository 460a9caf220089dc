/** The ways in which fsx is run, and what is wrong with one run, the log of its last operations with it. */
import { type FsxCampaign, type FsxOptions, formatFsxEntry, runFsx } from '../src/index.ts';

export const fsxVariants = {
  alone: { background: false },
  'one mapping for all': { background: false, keepsMapped: true, closeOpen: 3 },
  'memory management beside it': {},
  'readers and memory management beside it': { readers: true, keepsMapped: true },
  'direct and buffered': { direct: true, keepsMapped: true },
} as const satisfies Readonly<Record<string, FsxOptions>>;

/**
 * What is left out, for it finds what the kernel has wrong. Before v6.14 ext4 left the pages at the edges of a zeroed range writable, so that
 * stores to them were lost (generic/758): with one mapping for all, zero range. The ceph-like file system is the same code. And a direct
 * write to a shared block gives the old one up while readahead may be filling a page from it, which is dropped only afterwards: with direct
 * I/O beside readahead, whatever shares blocks.
 */
function soundOperations(campaign: FsxCampaign): Pick<FsxCampaign, 'without'> {
  const { fs, profile = 'merged', keepsMapped = false, direct = false, background = true } = campaign;
  const loses = (fs === 'ext4' || fs === 'ceph') && profile !== 'latest' && keepsMapped;
  const reads = fs === 'xfs' && direct && background;
  return {
    without: [...(loses ? ['zero_range'] : []), ...(reads ? ['clone_range', 'dedupe_range', 'copy_range'] : [])],
  };
}

export function fsxComplaints(campaign: FsxCampaign): object {
  const { failure, log } = runFsx({ ...campaign, ...soundOperations(campaign) });
  if (failure === null) return {};
  return { seed: campaign.seed, failure, last: log.slice(-8).map(formatFsxEntry) };
}
