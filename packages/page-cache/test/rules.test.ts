import { describe, expect, test } from 'vitest';
import { checkGeometry, defaultGeometry, profiles, resolveRules } from '../src/index.ts';

describe('profiles', () => {
  test('what each takes where, as data', () => {
    const table = profiles.map((profile) => {
      const { readersTakeInvalidateLock, faultLock, evictTakesInvalidateLock, unmapMode, prefault, xfsPairOrder } =
        resolveRules(profile, {});
      return [
        profile,
        readersTakeInvalidateLock,
        faultLock,
        evictTakesInvalidateLock,
        unmapMode,
        prefault,
        xfsPairOrder,
      ];
    });
    expect(table).toEqual([
      ['before', false, 'private', false, 'write', 'before', 'ino'],
      ['seed', true, 'always', true, 'write', 'before', 'ino'],
      ['merged', true, 'absent', true, 'write', 'before', 'address'],
      ['latest', true, 'absent', true, 'read', 'after-short', 'address'],
    ]);
  });

  test('switches go over the profile', () => {
    expect(resolveRules('merged', { 'fs.readsTakeInvalidateLock': false }).readersTakeInvalidateLock).toBe(false);
    expect(resolveRules('before', { 'fs.faultsTakeInvalidateLock': false }).faultLock).toBe('none');
    expect(resolveRules('merged', { lockOnlyAroundAdd: true }).dropAfterAdd).toBe('all');
    expect(resolveRules('merged', { 'read.createDropsLockAfterAdd': true }).dropAfterAdd).toBe('create');
  });
});

describe('geometry', () => {
  test('says what does not fit', () => {
    expect(() => checkGeometry({ ...defaultGeometry, blockSize: 3 })).toThrow(
      'blocks of 3 bytes do not fill pages of 4',
    );
    expect(() => checkGeometry({ ...defaultGeometry, filePages: 0 })).toThrow('geometry.filePages is 0');
    expect(() => checkGeometry({ ...defaultGeometry, filePages: 65 })).toThrow('too many for a model');
  });
});
