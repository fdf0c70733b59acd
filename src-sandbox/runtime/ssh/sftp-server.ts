/**
 * An SFTP server over the real file system, with the rights of the person who runs the sandbox, as OpenSSH's sftp-server
 * has those of `work`: one request after the other, replies in order.
 */
import type { ChannelOutput } from './channel-output.ts';
import { extendedRequest, versionExtensions } from './sftp-extensions.ts';
import { type Handle, SftpFiles } from './sftp-files.ts';
import {
  encodeAttributes,
  longName,
  MessageReader,
  MessageSplitter,
  message,
  request,
  response,
  SftpFormatError,
  status,
  statusOf,
  text,
  uint32,
} from './sftp-wire.ts';

/** Names a reply of READDIR carries, as OpenSSH does. */
const namesPerReply = 100;
/** Reads are cut to what fits one message with room for its header. */
const maxReadBytes = MessageSplitter.maxMessageBytes - 1024;

const statusWords: Readonly<Record<number, string>> = {
  [status.ok]: 'Success',
  [status.eof]: 'End of file',
  [status.noSuchFile]: 'No such file',
  [status.permissionDenied]: 'Permission denied',
  [status.failure]: 'Failure',
  [status.badMessage]: 'Bad message',
  [status.unsupported]: 'Operation unsupported',
};

export function statusReply(id: number, code: number): Buffer {
  return message(response.status, uint32(id), uint32(code), text(statusWords[code] ?? 'Failure'), text(''));
}

/** Serves until the client ends the channel. @throws Error when the client does not speak SFTP. */
export async function serveSftp(output: ChannelOutput, home: string): Promise<void> {
  const { channel } = output;
  const files = new SftpFiles(home);
  const splitter = new MessageSplitter();
  let exitCode = 0;
  try {
    // An iterator of the usual kind closes the channel at its end, and scp takes a missing exit code for a failure.
    for await (const chunk of channel.iterator({ destroyOnReturn: false })) {
      for (const bytes of splitter.push(chunk as Buffer)) {
        if (!(await output.write('stdout', await answer(files, bytes)))) return;
      }
    }
  } catch (error) {
    exitCode = 11;
    if (error instanceof SftpFormatError) throw error;
  } finally {
    await files.closeAll();
    channel.exit(exitCode);
    channel.end();
  }
}

async function answer(files: SftpFiles, bytes: Buffer): Promise<Buffer> {
  const reader = new MessageReader(bytes);
  const type = reader.byte();
  if (type === request.init) return message(response.version, uint32(3), ...versionExtensions);
  const id = reader.uint32();
  try {
    return await perform(files, type, id, reader);
  } catch (error) {
    if (error instanceof SftpFormatError) throw error;
    return statusReply(id, statusOf(error));
  }
}

async function perform(files: SftpFiles, type: number, id: number, reader: MessageReader): Promise<Buffer> {
  const done = (): Buffer => statusReply(id, status.ok);
  switch (type) {
    case request.open: {
      const handle = await files.open(reader.name(), reader.uint32(), reader.attributes());
      return handle ? message(response.handle, uint32(id), text(handle)) : statusReply(id, status.failure);
    }
    case request.opendir: {
      const handle = await files.openDirectory(reader.name());
      return handle ? message(response.handle, uint32(id), text(handle)) : statusReply(id, status.failure);
    }
    case request.close:
      return statusReply(id, (await files.close(reader.name())) ? status.ok : status.failure);
    case request.read:
      return read(files.handle(reader.name()), id, reader.uint64(), reader.uint32());
    case request.write:
      return write(files.handle(reader.name()), id, reader.uint64(), reader.data());
    case request.lstat:
      return message(response.attrs, uint32(id), encodeAttributes(await files.lstat(reader.name())));
    case request.stat:
      return message(response.attrs, uint32(id), encodeAttributes(await files.stat(reader.name())));
    case request.fstat: {
      const handle = files.handle(reader.name());
      if (handle?.kind !== 'file') return statusReply(id, status.failure);
      return message(response.attrs, uint32(id), encodeAttributes(await handle.file.stat()));
    }
    case request.setstat:
      await files.setAttributes(reader.name(), reader.attributes());
      return done();
    case request.fsetstat: {
      const handle = files.handle(reader.name());
      if (handle?.kind !== 'file') return statusReply(id, status.failure);
      await files.setFileAttributes(handle.file, reader.attributes());
      return done();
    }
    case request.readdir:
      return readDirectory(files, files.handle(reader.name()), id);
    case request.remove:
      await files.remove(reader.name());
      return done();
    case request.mkdir:
      await files.makeDirectory(reader.name(), reader.attributes());
      return done();
    case request.rmdir:
      await files.removeDirectory(reader.name());
      return done();
    case request.realpath:
      return names(id, [{ name: await files.realPath(reader.name()), long: null, attributes: null }]);
    case request.readlink:
      return names(id, [{ name: await files.readLink(reader.name()), long: null, attributes: null }]);
    case request.rename:
      await files.rename(reader.name(), reader.name());
      return done();
    case request.symlink:
      // Target first: OpenSSH's order, which every client expects, and not the one of the draft.
      await files.symlink(reader.name(), reader.name());
      return done();
    case request.extended:
      return extendedRequest(files, id, reader);
    default:
      return statusReply(id, status.unsupported);
  }
}

async function read(handle: Handle | null, id: number, offset: number, length: number): Promise<Buffer> {
  if (handle?.kind !== 'file') return statusReply(id, status.failure);
  const buffer = Buffer.allocUnsafe(Math.min(length, maxReadBytes));
  const { bytesRead } = await handle.file.read(buffer, 0, buffer.length, offset);
  if (bytesRead === 0) return statusReply(id, status.eof);
  return message(response.data, uint32(id), uint32(bytesRead), buffer.subarray(0, bytesRead));
}

async function write(handle: Handle | null, id: number, offset: number, data: Buffer): Promise<Buffer> {
  if (handle?.kind !== 'file') return statusReply(id, status.failure);
  for (let done = 0; done < data.length; ) {
    const at = handle.append ? null : offset + done;
    done += (await handle.file.write(data, done, data.length - done, at)).bytesWritten;
  }
  return statusReply(id, status.ok);
}

interface NamedEntry {
  readonly name: string;
  readonly long: string | null;
  readonly attributes: Buffer | null;
}

function names(id: number, entries: readonly NamedEntry[]): Buffer {
  const parts = entries.flatMap((entry) => [
    text(entry.name),
    text(entry.long ?? entry.name),
    entry.attributes ?? uint32(0),
  ]);
  return message(response.name, uint32(id), uint32(entries.length), ...parts);
}

async function readDirectory(files: SftpFiles, handle: Handle | null, id: number): Promise<Buffer> {
  if (handle?.kind !== 'directory') return statusReply(id, status.failure);
  const entries: NamedEntry[] = [];
  while (entries.length < namesPerReply && handle.names.length > 0) {
    const name = handle.names.shift() ?? '';
    // An entry that was removed meanwhile is left out.
    const stats = await files.lstat(`${handle.path}/${name}`).catch(() => null);
    if (stats) entries.push({ name, long: longName(name, stats), attributes: encodeAttributes(stats) });
  }
  return entries.length === 0 ? statusReply(id, status.eof) : names(id, entries);
}
