import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const root = resolve(import.meta.dirname, '../../..');
const builder = createRequire(createRequire(import.meta.url).resolve('app-builder-lib'));
const { load } = builder('js-yaml') as { load(text: string): unknown };
const { DebugLogger } = builder('builder-util') as { DebugLogger: new (enabled: boolean) => object };
const { validateConfiguration } = builder('app-builder-lib/out/util/config/config.js') as {
  validateConfiguration(config: unknown, logger: object): Promise<void>;
};

const read = (): unknown => load(readFileSync(resolve(root, 'electron-builder.yml'), 'utf8'));

const Config = z.object({
  electronFuses: z.record(z.string(), z.boolean()),
  asar: z.literal(true),
  npmRebuild: z.literal(false),
  mac: z.object({
    hardenedRuntime: z.literal(true),
    notarize: z.literal(true),
    entitlements: z.string(),
    icon: z.string(),
  }),
  win: z.object({ icon: z.string(), signtoolOptions: z.object({ publisherName: z.string().min(1) }) }),
  linux: z.object({ icon: z.string(), target: z.array(z.string()) }),
  protocols: z.array(z.object({ schemes: z.array(z.string()) })),
});

describe('electron-builder.yml', () => {
  it("is valid by electron-builder's own schema, which does notice mistakes", async () => {
    await validateConfiguration(read(), new DebugLogger(false));
    const wrong = { ...(read() as object), electronFuses: { runAsNode: false, noSuchFuse: true } };
    await expect(validateConfiguration(wrong, new DebugLogger(false))).rejects.toThrow();
  });

  it('sets every fuse that there is, explicitly', () => {
    const schema = JSON.parse(readFileSync(builder.resolve('app-builder-lib/scheme.json'), 'utf8')) as {
      definitions: { FuseOptionsV1: { properties: Record<string, unknown> } };
    };
    const { electronFuses } = Config.parse(read());
    expect(Object.keys(electronFuses).sort()).toEqual(Object.keys(schema.definitions.FuseOptionsV1.properties).sort());
    expect(electronFuses).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableCookieEncryption: true,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  it('signs, notarises and packs for three systems, with files that exist', () => {
    const config = Config.parse(read());
    expect(config.linux.target).toEqual(['AppImage', 'deb', 'rpm']);
    expect(config.protocols.flatMap((protocol) => protocol.schemes)).toEqual(['berth']);
    for (const file of [config.mac.entitlements, config.mac.icon, config.win.icon, config.linux.icon]) {
      expect(existsSync(resolve(root, file)), file).toBe(true);
    }
  });
});
