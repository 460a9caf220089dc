/** Every example runs, and shows what it says. */
import { describe, expect, test } from 'vitest';
import { aioDirectWrite } from '../../../examples/aio-direct-write/main.ts';
import { holePunchRace } from '../../../examples/hole-punch-race/main.ts';
import { irwsemInFault } from '../../../examples/irwsem-in-fault/main.ts';
import { mappedWriteSource } from '../../../examples/mapped-write-source/main.ts';
import { oneKibBlocks } from '../../../examples/one-kib-blocks/main.ts';
import { ownFileSystem } from '../../../examples/own-file-system/main.ts';
import { readContention } from '../../../examples/read-contention/main.ts';
import { readsIntoMappings } from '../../../examples/read-into-mapping/main.ts';
import { reclaimRecursion } from '../../../examples/reclaim-recursion/main.ts';
import { twoInodeOrder } from '../../../examples/two-inode-order/main.ts';

function run<T>(example: (print: (text: string) => void) => T): { result: T; text: string } {
  let text = '';
  const result = example((part) => {
    text += part;
  });
  return { result, text };
}

describe('examples', () => {
  test('aio-direct-write: old bytes, then zeroes, then a proof', () => {
    const { before, early, proofs } = run(aioDirectWrite).result;
    expect(before.failures[0]?.message).toContain('lost-write: A[0] (folio): byte 0 is A[0]@w0');
    expect(early.failures[0]?.message).toContain('lost-write: A[0] (folio): byte 0 is zero');
    for (const proof of proofs) expect([proof.verdict, proof.exhausted]).toEqual(['ok', true]);
  });

  test('hole-punch-race: bytes of C through A before, a proof after', () => {
    const { result, text } = run(holePunchRace);
    expect(result.race.failures[0]?.message).toContain('stale-block-exposure: A[1] (read): byte 4 is C[0]@w1');
    expect(text).toContain('free block 1');
    for (const proof of result.proofs) expect([proof.verdict, proof.exhausted]).toEqual(['ok', true]);
  });

  test('one-kib-blocks: the lock around adding alone is not enough; dropping it after creating is', () => {
    const [around, created, merged] = run(oneKibBlocks).result;
    expect(around?.verdict).toBe('fail');
    for (const proof of [created, merged]) expect([proof?.verdict, proof?.exhausted]).toEqual(['ok', true]);
  });

  test('irwsem-in-fault: predicted from a run without harm, and confirmed', () => {
    const { reports, result } = run(irwsemInFault).result;
    const cycle = reports.flatMap((report) => (report.kind === 'circular' ? [report.message] : []));
    expect(cycle.join()).toContain('mmap_lock');
    expect(result.verdict).toBe('deadlock');
  });

  test('mapped-write-source: deadlock with faults on, proof with faults off', () => {
    const [faulting, atomic] = run(mappedWriteSource).result;
    expect(faulting?.verdict).toBe('deadlock');
    expect([atomic?.verdict, atomic?.exhausted]).toEqual(['ok', true]);
  });

  test('read-into-mapping: deadlock only while the lock is kept', () => {
    const [keeping, dropping] = run(readsIntoMappings).result;
    expect(keeping?.verdict).toBe('deadlock');
    expect(dropping?.verdict).toBe('ok');
  });

  test('read-contention: i_rwsem around reads costs a mixed workload half its throughput and more, and all-reading ones nothing', () => {
    const { result, text } = run((print) => readContention(print, [90, 100]));
    const throughput = (readLock: string, reads: number, pressure: boolean): number =>
      result.measured.find((one) => one.readLock === readLock && one.reads === reads && one.pressure === pressure)!
        .throughput;
    expect(throughput('i_rwsem', 90, false)).toBeLessThan(throughput('invalidate_lock', 90, false) * 0.6);
    expect(throughput('i_rwsem', 90, true)).toBeLessThan(throughput('invalidate_lock', 90, true) * 0.55);
    expect(throughput('page ranges', 90, true)).toBeGreaterThan(throughput('invalidate_lock', 90, true) * 0.9);
    expect(throughput('i_rwsem', 100, false)).toBeGreaterThan(throughput('invalidate_lock', 100, false) * 0.9);
    expect(text).toContain('&sb->s_type->i_mutex_key-R');
    expect(result.svg.match(/<polyline/g)).toHaveLength(6);
  });

  test('own-file-system: freeing before evicting is found out', () => {
    const [right, wrong] = run(ownFileSystem).result;
    expect([right?.verdict, right?.exhausted]).toEqual(['ok', true]);
    expect(wrong?.verdict).toBe('fail');
  });

  test('reclaim-recursion: predicted with memory to spare, confirmed, and cured', () => {
    const { before, deadlock, after, proof } = run(reclaimRecursion).result;
    expect(before.map(({ kind }) => kind)).toEqual(['circular']);
    expect(deadlock.verdict).toBe('deadlock');
    expect(JSON.stringify(deadlock.failures[0]?.waits)).toContain('s_writepages_rwsem(ext4)');
    expect([after.length, proof.verdict, proof.exhausted]).toEqual([0, 'ok', true]);
  });

  test('two-inode-order: recycling is a note, two disciplines an error and a deadlock', () => {
    const { stable, mixed, result } = run(twoInodeOrder).result;
    expect(stable.every(({ level }) => level === 'note')).toBe(true);
    expect(stable.length).toBeGreaterThan(0);
    expect(mixed.some(({ kind, level }) => kind === 'instance-order' && level !== 'note')).toBe(true);
    expect(result.verdict).toBe('deadlock');
  });
});
