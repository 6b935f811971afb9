/** Ends the session of this browser; false when no answer came. Asked by script: a form of this page would not say where it comes from (`no-referrer`). */
export async function signOut(): Promise<boolean> {
  try {
    return (await fetch('/sign-out', { method: 'POST' })).ok;
  } catch {
    return false;
  }
}
