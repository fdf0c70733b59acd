/** Names of slots that mean something on every site; both sides ask here. */

/** A kind of accelerator that uses the machine's own memory: no amount of it is asked (web client parity P-LIMIT-35). */
export function sharesMemory(slot: string): boolean {
  return slot.endsWith('.unified');
}
