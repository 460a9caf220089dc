// Refuses a Node older than the pinned one: when an install fails, pnpm only warns and would run the script under the system's Node.
const wanted = 26;
const major = Number(process.versions.node.split('.')[0]);
if (major < wanted) {
  console.error(
    `lockdep: this needs Node ${wanted} or newer, but Node ${process.versions.node} is running. ` +
      'The install brings its own: run `npx -y pnpm@12 install` and look at its errors (on a platform without a packaged Node, install Node yourself).',
  );
  process.exit(1);
}
