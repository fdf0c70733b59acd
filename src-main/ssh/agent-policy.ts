/**
 * What Berth's agent answers (draft-miller-ssh-agent): it names one key and signs logins with it, nothing else. Bytes to
 * verdict, pure.
 */

export const agentMessages = {
  failure: 5,
  requestIdentities: 11,
  identitiesAnswer: 12,
  signRequest: 13,
  signResponse: 14,
} as const;

/** A message is a login's data and a key; OpenSSH's own agent takes up to 256 KiB. */
export const maxMessageBytes = 64 * 1024;

const rsaSha256 = 2;
const rsaSha512 = 4;
const userAuthRequest = 50;

export type AgentRequest =
  | { readonly kind: 'identities' }
  | { readonly kind: 'sign'; readonly data: Buffer; readonly rsaHash: 'sha256' | 'sha512' | null }
  | { readonly kind: 'refused' };

/** Reads fields one after another; null beyond the end. */
class Fields {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get rest(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number | null {
    if (this.rest < 1) return null;
    this.#at += 1;
    return this.#bytes.readUInt8(this.#at - 1);
  }

  number(): number | null {
    if (this.rest < 4) return null;
    this.#at += 4;
    return this.#bytes.readUInt32BE(this.#at - 4);
  }

  string(): Buffer | null {
    const length = this.number();
    if (length === null || this.rest < length) return null;
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

/** Whether these bytes are a login as `user` with this key (RFC 4252, section 7), and nothing that means anything elsewhere. */
export function isLogin(data: Buffer, user: string, publicBlob: Buffer): boolean {
  const fields = new Fields(data);
  const sessionId = fields.string();
  if (sessionId === null || sessionId.length < 16 || fields.byte() !== userAuthRequest) return false;
  if (fields.string()?.toString() !== user || fields.string()?.toString() !== 'ssh-connection') return false;
  const method = fields.string()?.toString();
  if (method !== 'publickey' && method !== 'publickey-hostbound-v00@openssh.com') return false;
  if (fields.byte() !== 1 || fields.string() === null) return false;
  if (fields.string()?.equals(publicBlob) !== true) return false;
  if (method !== 'publickey' && fields.string() === null) return false;
  return fields.rest === 0;
}

/** @param message without its length */
export function readRequest(message: Buffer, user: string, publicBlob: Buffer): AgentRequest {
  const fields = new Fields(message);
  const type = fields.byte();
  if (type === agentMessages.requestIdentities) return { kind: 'identities' };
  // SECURITY: adding, removing, locking and extensions are refused ('answers nothing else' in agent.test.ts).
  if (type !== agentMessages.signRequest) return { kind: 'refused' };
  const key = fields.string();
  const data = fields.string();
  const flags = fields.number();
  if (key === null || data === null || flags === null) return { kind: 'refused' };
  // SECURITY: only with the session's key ('signs with no other key' in agent.test.ts).
  if (!key.equals(publicBlob)) return { kind: 'refused' };
  // SECURITY: only logins, so that nothing else can be signed with it ('signs logins only' in agent.test.ts).
  if (!isLogin(data, user, publicBlob)) return { kind: 'refused' };
  const rsaHash = (flags & rsaSha512) !== 0 ? 'sha512' : (flags & rsaSha256) !== 0 ? 'sha256' : null;
  return { kind: 'sign', data, rsaHash };
}

function sshString(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

export function identitiesAnswer(publicBlob: Buffer, comment: string): Buffer {
  return Buffer.concat([
    Buffer.from([agentMessages.identitiesAnswer, 0, 0, 0, 1]),
    sshString(publicBlob),
    sshString(Buffer.from(comment)),
  ]);
}

export function signAnswer(signature: Buffer | null): Buffer {
  if (signature === null) return Buffer.from([agentMessages.failure]);
  return Buffer.concat([Buffer.from([agentMessages.signResponse]), sshString(signature)]);
}

export const failureAnswer: Buffer = Buffer.from([agentMessages.failure]);

/** A message with its length, as it goes over the socket. */
export const framed = sshString;
