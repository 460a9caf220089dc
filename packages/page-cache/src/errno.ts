/** Errors as the kernel code returns them. `AOP_TRUNCATED_PAGE` is internal: look the folio up again. */
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
  | 'ENOENT'
  | 'EIOCBQUEUED'
  | 'AOP_TRUNCATED_PAGE';

/** How a fault ended. `LOCKED`: with a locked folio; `RETRY`: mmap_lock was dropped, start over. */
export type FaultCode = 'LOCKED' | 'NOPAGE' | 'RETRY' | 'SIGBUS' | 'OOM';
