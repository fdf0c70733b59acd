/**
 * For tests: a base class for doubles of a wide interface. Every method rejects until a subclass or an assignment
 * overrides it, so that a double says only what its test is about.
 */
export function doubleOf<T extends object>(): new () => T {
  const missing = () => Promise.reject(new Error('Not part of this test'));
  class Double {}
  // Last on the prototype chain. `then` must stay undefined, or awaiting the double would call it.
  const fallback = new Proxy(Object.prototype, {
    get: (target, name) =>
      name in target || typeof name !== 'string' || name === 'then' ? Reflect.get(target, name) : missing,
  });
  Object.setPrototypeOf(Double.prototype, fallback);
  return Double as unknown as new () => T;
}
