/** A stream that its consumers (node:http, ssh2) take for a net.Socket: what they ask of one beside its bytes means nothing. */
import { Duplex } from 'node:stream';

export class SocketLike extends Duplex {
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
