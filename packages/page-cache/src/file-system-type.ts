/** A kind of file system: where lock class keys live (`struct file_system_type`). One object per kind in a process. */
import { FsLockClasses } from './lock-classes.ts';

/** A kind of file system: a name and one set of lock classes. Source: `include/linux/fs.h: struct file_system_type`. */
export class FileSystemType {
  readonly name: string;
  readonly classes: FsLockClasses = new FsLockClasses();

  constructor(name: string) {
    this.name = name;
  }
}
