/** The innermost frame of a stack that is the program's own: not this package's, not the locks', not Node's. */
const OTHERS = /[\\/]simulator[\\/](src|dist)[\\/]|[\\/]locks[\\/](src|dist)[\\/]|\(native\)|<anonymous>\)?$|node:/;

export function innermostFrame(stack: string | null): string | null {
  if (stack === null) return null;
  for (const line of stack.split('\n').slice(1)) {
    const frame = line.trim().replace(/^at /, '');
    if (!OTHERS.test(frame)) return frame;
  }
  return null;
}
