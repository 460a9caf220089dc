/** A kind of file system: where lock class keys live (`struct file_system_type`). One object per kind in a process. */
import { FsLockClasses } from './lock-classes.ts';

export class FileSystemType {
  readonly name: string;
  readonly classes: FsLockClasses = new FsLockClasses();

  constructor(name: string) {
    this.name = name;
  }
}
