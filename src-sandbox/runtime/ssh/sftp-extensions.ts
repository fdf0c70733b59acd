/** The OpenSSH extensions of SFTP that clients ask for most: atomic rename, hard link, fsync, free space, limits. */
import type { SftpFiles } from './sftp-files.ts';
import { type MessageReader, MessageSplitter, message, response, status, text, uint32, uint64 } from './sftp-wire.ts';

const offered: readonly (readonly [string, string])[] = [
  ['posix-rename@openssh.com', '1'],
  ['hardlink@openssh.com', '1'],
  ['fsync@openssh.com', '1'],
  ['statvfs@openssh.com', '2'],
  ['limits@openssh.com', '1'],
];

/** For the VERSION reply. */
export const versionExtensions: readonly Buffer[] = offered.flatMap(([name, version]) => [text(name), text(version)]);

function statusOnly(id: number, code: number): Buffer {
  return message(response.status, uint32(id), uint32(code), text(''), text(''));
}

export async function extendedRequest(files: SftpFiles, id: number, reader: MessageReader): Promise<Buffer> {
  switch (reader.name()) {
    case 'posix-rename@openssh.com':
      await files.replace(reader.name(), reader.name());
      return statusOnly(id, status.ok);
    case 'hardlink@openssh.com':
      await files.hardLink(reader.name(), reader.name());
      return statusOnly(id, status.ok);
    case 'fsync@openssh.com': {
      const handle = files.handle(reader.name());
      if (handle?.kind !== 'file') return statusOnly(id, status.failure);
      await handle.file.sync();
      return statusOnly(id, status.ok);
    }
    case 'statvfs@openssh.com': {
      const found = await files.fileSystem(reader.name());
      const longestName = 255;
      // Block size twice (f_bsize, f_frsize), blocks, files, id, flags, longest name.
      const figures = [
        found.bsize,
        found.bsize,
        found.blocks,
        found.bfree,
        found.bavail,
        found.files,
        found.ffree,
        found.ffree,
      ];
      return message(
        response.extendedReply,
        uint32(id),
        ...[...figures, 0, 0, longestName].map((value) => uint64(value)),
      );
    }
    case 'limits@openssh.com': {
      const room = MessageSplitter.maxMessageBytes - 1024;
      const figures = [MessageSplitter.maxMessageBytes, room, room, 256];
      return message(response.extendedReply, uint32(id), ...figures.map((value) => uint64(value)));
    }
    default:
      return statusOnly(id, status.unsupported);
  }
}
