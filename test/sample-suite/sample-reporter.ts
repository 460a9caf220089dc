import type { UserConsoleLog } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';

/** Every test with its outcome and the messages it failed with: the same text on every machine. */
export default class SampleReporter implements Reporter {
  onUserConsoleLog({ content }: UserConsoleLog): void {
    console.log(content);
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules.toSorted((a, b) => (a.relativeModuleId < b.relativeModuleId ? -1 : 1))) {
      console.log(`# ${module.relativeModuleId}`);
      for (const { message } of module.errors()) console.log(indented(message));
      for (const test of module.children.allTests()) {
        const { state, errors = [] } = test.result();
        console.log(`- ${state}: ${test.fullName}`);
        for (const { name, message, diff } of errors) {
          console.log(indented(`${name}: ${message}${diff === undefined ? '' : `\n${diff}`}`));
        }
      }
    }
  }
}

const indented = (text: string): string => text.replace(/^(?=.)/gm, '    ');
