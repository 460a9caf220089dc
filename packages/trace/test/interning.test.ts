import { AddressTable, StringTable } from '@lockdep/trace';
import { describe, expect, test } from 'vitest';
import { bytes } from './fixture.ts';
import { forSeeds } from './seeded-random.ts';

const padded = (text: string): DataView => new DataView(bytes(`${text} \0\0\0\0`).buffer as ArrayBuffer);

describe('address table', () => {
  test('equal addresses, and only those, get equal ids', () => {
    forSeeds(5, (random) => {
      const table = new AddressTable();
      const model = new Map<string, number>();
      for (let i = 0; i < 3000; i++) {
        const high = random.pick(['ffff8880', 'ffffffff', '00000000', 'dead0000']);
        const address =
          high +
          random
            .below(1 + random.pick([5, 100, 0xffffffff]))
            .toString(16)
            .padStart(8, '0');
        const id = random.below(2) === 0 ? table.internDigits(padded(address), 0) : table.internText(address)!;
        if (/^0+$/.test(address)) expect(id).toBe(0);
        else {
          expect(model.get(address) ?? model.size + 1).toBe(id);
          model.set(address, id);
          expect(table.text(id)).toBe(address);
        }
      }
      expect(table.size).toBe(model.size + 1);
    });
  });

  test('what is no address is refused', () => {
    const table = new AddressTable();
    expect(table.internDigits(padded('ffff88801234567g'), 0)).toBe(-1);
    expect(table.internDigits(padded('FFFF888012345678'), 0)).toBe(-1);
    for (const text of ['', '0x', 'xyz', '12345678123456789', 'ffff 8880'])
      expect(table.internText(text)).toBeUndefined();
    expect(() => table.text(1)).toThrow(/ids are from 0 to 0/);
  });
});

describe('string table', () => {
  test('equal strings, and only those, get equal ids, by every way in', () => {
    forSeeds(5, (random) => {
      const table = new StringTable();
      const model = new Map<string, number>([['', 0]]);
      for (let i = 0; i < 3000; i++) {
        const letters = Array.from({ length: random.below(14) }, () =>
          random.pick(['a', 'b', '_', '+', '0', 'é', '→']),
        );
        const text = letters.join('');
        const view = padded(text);
        const end = bytes(text).length;
        const id = random.pick([
          (): number => table.internWord(view, 0),
          (): number => table.internBytes(view, 0, end),
          (): number => table.internGuessed(view, 0, random.below(table.size)),
          (): number => table.internText(text),
        ])();
        expect(model.get(text) ?? model.size).toBe(id);
        model.set(text, id);
        expect(table.text(id)).toBe(text);
      }
    });
  });

  test('a guess is taken when it is right, and harmless when it is wrong', () => {
    const table = new StringTable();
    const texts = ['a', 'ab', 'abc', 'abcd', 'abcde', 'abcdefgh', 'abcdefghi', 'é→'];
    const ids = texts.map((text) => table.internText(text));
    for (const [index, text] of texts.entries()) {
      for (const guess of [0, ...ids]) {
        expect(table.internGuessed(padded(`xyz${text}`), 3, guess)).toBe(ids[index]);
        expect(table.end).toBe(3 + bytes(text).length);
      }
    }
  });

  test('a word ends before the first space or newline, at any alignment', () => {
    for (let length = 0; length < 12; length++) {
      const table = new StringTable();
      const text = 'kworker/u9:1'.slice(0, length);
      for (const after of [' ', '\n', '\t']) {
        table.internWord(padded(`xy${text}${after}z`), 2);
        if (length > 0) expect(table.end).toBe(2 + length);
      }
      expect(table.size).toBe(length === 0 ? 1 : 2);
    }
  });
});
