// Loaded by `node --import` in benches only: ssh2's native part cannot be loaded, as where it was not built.
import Module from 'node:module';

const load = Module._load;
Module._load = function withoutNative(request, ...rest) {
  if (request.endsWith('sshcrypto.node')) throw new Error('left out');
  return load.call(this, request, ...rest);
};
