/**
 * The functions that led here, from the system call to the caller of an operation: generators that delegate are on the stack too. Asks for
 * names only, which costs a tenth of what a written stack does.
 */

/** Functions, outermost first, without what runs tasks and without the observer. */
export function callPath(): string[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const path: string[] = [];
  Error.stackTraceLimit = 60;
  Error.prepareStackTrace = (_error, sites) => {
    for (const site of sites) {
      const file = site.getFileName() ?? '';
      if (/\/plain-machine\.[jt]s/.test(file)) break;
      if (file === '' || /\/(lock-recorder|call-path|observe-operations)\.[jt]s/.test(file)) continue;
      const name = /[#\w$]+$/.exec(site.getFunctionName() ?? '')?.[0].replace('#', '');
      if (name !== undefined && name !== 'perform' && path[0] !== name) path.unshift(name);
    }
    return '';
  };
  try {
    void new Error().stack;
  } finally {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  }
  return path;
}
