import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSiteConfig, parseSiteConfig } from './site-config.ts';

const gib = 2 ** 30;

describe('parseSiteConfig', () => {
  it('has a default for everything', () => {
    expect(defaultSiteConfig).toMatchObject({
      mode: null,
      maxPreopenPorts: 10,
      maxShmemBytes: 2 * gib,
      maxUploadBytes: 2 ** 32,
      maximum: { cpu: 64, mem: 64 * gib, 'cuda.device': 16, 'cuda.shares': 16 },
      environments: [],
      proxyUrl: null,
      hideAgents: true,
    });
  });

  it('reads what a site sets, and takes the first of two debugs', () => {
    const config = parseSiteConfig(`
# a webserver of 24.09
[general]
apiEndpoint = "https://cloud.example" # trailing
debug = false
connectionMode = "SESSION"
siteDescription = "Lab"
#defaultSessionEnvironment = ""
systemSSHImage = "cr.example/ssh:1"
maxCountForPreopenPorts = 4
enableContainerCommit = true
debug = true
unknownKey = [1, 2]
[resources]
maxCPUCoresPerContainer = 8
maxMemoryPerContainer = 32
maxCUDASharesPerContainer = "1.5"
maxATOMDevicesPerContainer = 2
maxATOMPlUSDevicesPerContainer = 3
maxShmPerContainer = 0.5
maxFileUploadSize = -1
[environments]
allowlist = "cr.example/python, cr.example/r "
showNonInstalledImages = "true"
[wsproxy]
proxyURL = "https://proxy.example/"
[menu]
blocklist = "serving,pipeline"
`);
    expect(config).toMatchObject({
      mode: 'session',
      endpoint: 'https://cloud.example',
      siteName: 'Lab',
      defaultEnvironment: null,
      sshImage: 'cr.example/ssh:1',
      maxPreopenPorts: 4,
      containerCommit: true,
      maximum: {
        cpu: 8,
        mem: 32 * gib,
        'cuda.device': 16,
        'cuda.shares': 1.5,
        'atom.device': 2,
        'atom-plus.device': 3,
      },
      maxShmemBytes: gib / 2,
      maxUploadBytes: null,
      environments: ['cr.example/python', 'cr.example/r'],
      showNotInstalled: true,
      proxyUrl: 'https://proxy.example/',
      hiddenPages: ['serving', 'pipeline'],
    });
  });

  it('degrades odd values one by one', () => {
    const config = parseSiteConfig(
      'general = 5\n[resources]\nmaxCPUCoresPerContainer = "many"\nopenPortToPublic = 1\n',
    );
    expect(config).toEqual(defaultSiteConfig);
  });

  it.each(['<html><body>Sign in</body></html>', '{"version":"v8.20240915"}', '[general\ndebug = 1'])(
    'refuses %j',
    (source) => {
      expect(() => parseSiteConfig(source)).toThrow(expect.objectContaining({ code: 'bad-answer' }));
    },
  );

  it('answers every text with a configuration or with bad-answer', () => {
    fc.assert(
      fc.property(fc.string(), (source) => {
        try {
          expect(parseSiteConfig(source)).toHaveProperty('maximum');
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-answer' });
        }
      }),
      { numRuns: 300 },
    );
  });
});
