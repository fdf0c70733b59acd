/** Berth's agent, asked as programs ask, and as those do that want more than a login. */
import { generateKeyPairSync, verify } from 'node:crypto';
import { lstatSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Disposable } from '../base/disposable.ts';
import { newControlAddress } from '../hosts/control-folder.ts';
import { type KeySigner, signerOf } from '../links/key-signer.ts';
import { agentMessages, isLogin } from './agent-policy.ts';
import { startAgent } from './agent-socket.ts';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signer = signerOf(pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString());
const other = signerOf(
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
);

const text = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

function login(
  changes: { user?: string; service?: string; method?: string; key?: Buffer; more?: Buffer } = {},
): Buffer {
  const method = changes.method ?? 'publickey';
  return Buffer.concat([
    text(Buffer.alloc(32, 7)),
    Buffer.from([50]),
    text(changes.user ?? 'work'),
    text(changes.service ?? 'ssh-connection'),
    text(method),
    Buffer.from([1]),
    text('rsa-sha2-256'),
    text(changes.key ?? signer.publicBlob),
    method === 'publickey' ? Buffer.alloc(0) : text('host key'),
    changes.more ?? Buffer.alloc(0),
  ]);
}

const signRequest = (key: Buffer, data: Buffer, flags = 2): Buffer =>
  Buffer.concat([Buffer.from([agentMessages.signRequest]), text(key), text(data), Buffer.from([0, 0, 0, flags])]);

describe('the agent', () => {
  let dir: string;
  let address: string;
  let agent: Disposable;
  let current: KeySigner;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'berth-agent-'));
    address = newControlAddress('linux', { XDG_RUNTIME_DIR: dir });
    current = signer;
    agent = await startAgent({
      address,
      user: 'work',
      comment: 'notes',
      publicBlob: signer.publicBlob,
      signer: async () => current,
      isWindows: false,
      onProblem: () => undefined,
    });
  });
  afterEach(async () => {
    await agent.dispose();
    await rm(dir, { recursive: true, force: true });
  });

  /** Sends everything at once, answers what came back until as many answers are there, or the agent hung up. */
  const ask = (...messages: Buffer[]): Promise<Buffer[]> =>
    new Promise((resolve, reject) => {
      const socket = connect(address);
      let got = Buffer.alloc(0);
      const answers: Buffer[] = [];
      socket.on('error', reject);
      socket.on('data', (chunk) => {
        got = Buffer.concat([got, chunk]);
        while (got.length >= 4 && got.length >= 4 + got.readUInt32BE(0)) {
          answers.push(got.subarray(4, 4 + got.readUInt32BE(0)));
          got = got.subarray(4 + got.readUInt32BE(0));
        }
        if (answers.length === messages.length) socket.destroy();
      });
      socket.on('close', () => resolve(answers));
      for (const message of messages) socket.write(text(message));
    });
  const failure = [Buffer.from([agentMessages.failure])];

  it('the socket is its owner’s alone', () => {
    expect(lstatSync(address).isSocket()).toBe(true);
    expect(statSync(address).mode & 0o777).toBe(0o600);
    expect(statSync(join(dir, 'berth')).mode & 0o777).toBe(0o700);
  });

  it('names one key and signs a login with it', async () => {
    const [identities, signed, bound] = await ask(
      Buffer.from([agentMessages.requestIdentities]),
      signRequest(signer.publicBlob, login()),
      signRequest(signer.publicBlob, login({ method: 'publickey-hostbound-v00@openssh.com' }), 4),
    );
    expect(identities?.readUInt32BE(1)).toBe(1);
    expect(identities?.includes(signer.publicBlob)).toBe(true);
    const name = 'rsa-sha2-256';
    const signature = signed?.subarray(1 + 4 + 4 + name.length + 4);
    expect(signed?.[0]).toBe(agentMessages.signResponse);
    expect(verify('sha256', login(), pair.publicKey, signature ?? Buffer.alloc(0))).toBe(true);
    expect(bound?.includes('rsa-sha2-512')).toBe(true);
  });

  it('signs with no other key', async () => {
    const data = login({ key: other.publicBlob });
    expect(await ask(signRequest(other.publicBlob, data))).toEqual(failure);
    expect(await ask(signRequest(other.publicBlob, login()))).toEqual(failure);
    expect(await ask(signRequest(signer.publicBlob, data))).toEqual(failure);
    // The session was given another key meanwhile.
    current = other;
    expect(await ask(signRequest(signer.publicBlob, login()))).toEqual(failure);
  });

  it('signs logins only', async () => {
    const odd = [
      Buffer.from('SSHSIG\0\0\0\x03git'),
      Buffer.alloc(0),
      login({ user: 'root' }),
      login({ service: 'ssh-userauth' }),
      login({ method: 'hostbased' }),
      login({ more: Buffer.from('more') }),
      login().subarray(0, 60),
    ];
    for (const data of odd) {
      expect(isLogin(data, 'work', signer.publicBlob)).toBe(false);
      expect(await ask(signRequest(signer.publicBlob, data))).toEqual(failure);
    }
    // SHA-1.
    expect(await ask(signRequest(signer.publicBlob, login(), 0))).toEqual(failure);
  });

  it('answers nothing else, and stays in step over it', async () => {
    const bind = Buffer.concat([Buffer.from([27]), text('session-bind@openssh.com'), text(signer.publicBlob)]);
    const others = [17, 18, 19, 20, 21, 22, 23, 25, 26, 1, 255].map((type) =>
      // What would be signed under the number of another request.
      Buffer.concat([Buffer.from([type]), signRequest(signer.publicBlob, login()).subarray(1)]),
    );
    const answers = await ask(bind, ...others, Buffer.from([agentMessages.requestIdentities]));
    expect(answers.slice(0, -1)).toEqual(Array.from({ length: others.length + 1 }, () => failure[0]));
    expect(answers.at(-1)?.[0]).toBe(agentMessages.identitiesAnswer);
  });

  it('hangs up on what is no message', async () => {
    const socket = connect(address);
    socket.on('error', () => undefined);
    socket.write(Buffer.from([255, 255, 255, 255]));
    await new Promise((resolve) => socket.once('close', resolve));
    expect((await ask(Buffer.from([agentMessages.requestIdentities])))[0]?.[0]).toBe(agentMessages.identitiesAnswer);
  });
});
