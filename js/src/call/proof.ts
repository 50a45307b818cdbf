// What proves that a request never reached an endpoint. Source: docs/design.md#not-sent.

const noConnection = new Set<unknown>(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const maxCauses = 8; // a chain of causes that leads back to itself

/** Errors of connections that were never made, TLS included, where the host is told which they are. */
export const unconnected = new WeakSet<object>();

/** A browser that says that it is offline is right; one that says it is not may be wrong. Node says nothing. */
export function isOffline(): boolean {
  return globalThis.navigator?.onLine === false;
}

/**
 * Whether the error of a fetch proves that no connection was made. Node says so in the cause, with the system call; a
 * browser never says why.
 */
export function wasNotSent(error: unknown, from = 0): boolean {
  for (let at: unknown = error, n = from; n < maxCauses && typeof at === 'object' && at !== null; n++) {
    const { code, syscall, errors, cause } = at as {
      code?: unknown;
      syscall?: unknown;
      errors?: unknown;
      cause?: unknown;
    };
    if (unconnected.has(at) || code === 'UND_ERR_CONNECT_TIMEOUT') return true;
    if (noConnection.has(code) && (syscall === 'connect' || syscall === 'getaddrinfo')) return true;
    // Each address of a name was tried, and none connected.
    if (Array.isArray(errors) && errors.length > 0) return errors.every((one) => wasNotSent(one, n + 1));
    at = cause;
  }
  return false;
}
