/**
 * Errors as the kernel code returns them. Two are internal: `AOP_TRUNCATED_PAGE` (look the folio up again) and `ENOTBLK` (this direct
 * write has to go through the page cache).
 */
export type Errno =
  | 'EAGAIN'
  | 'EINTR'
  | 'EIO'
  | 'ENOMEM'
  | 'EFAULT'
  | 'EINVAL'
  | 'ENOSPC'
  | 'EFBIG'
  | 'EBUSY'
  | 'EBADE'
  | 'EXDEV'
  | 'EOPNOTSUPP'
  | 'ENOENT'
  | 'EIOCBQUEUED'
  | 'ENOTBLK'
  | 'AOP_TRUNCATED_PAGE';

/** How a fault ended. `LOCKED`: with a locked folio; `RETRY`: mmap_lock was dropped, start over. */
export type FaultCode = 'LOCKED' | 'NOPAGE' | 'RETRY' | 'SIGBUS' | 'OOM';
