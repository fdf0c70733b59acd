/**
 * `/config.toml`: what the webserver tells a client about its site (API reference, section 2.6).
 */
import type { Face } from '../face.ts';

type Value = string | number | boolean | readonly string[] | null;

/** One line of the site's template; a value that is not configured stands there as a comment. */
function line(key: string, value: Value): string {
  if (value === null) return `# ${key} =`;
  if (typeof value === 'object') return `${key} = ${JSON.stringify(value.join(','))}`;
  return `${key} = ${JSON.stringify(value)}`;
}

function section(name: string, values: readonly (readonly [string, Value])[]): string {
  return [`[${name}]`, ...values.map(([key, value]) => line(key, value)), ''].join('\n');
}

/** @param endpoint scheme and host as the client asked for them. */
export function configText(endpoint: string, face: Face): string {
  const general: readonly (readonly [string, Value])[] = [
    ['apiEndpoint', endpoint],
    ['apiEndpointText', 'Local sandbox'],
    ['defaultSessionEnvironment', null],
    ['defaultImportEnvironment', null],
    ['siteDescription', 'A Backend.AI-compatible site on this computer'],
    ['connectionMode', 'SESSION'],
    ['signupSupport', false],
    ['allowChangeSigninMode', true],
    ['allowAnonymousChangePassword', false],
    ['allowProjectResourceMonitor', false],
    ['allowManualImageNameForSession', false],
    ['allowSignupWithoutConfirmation', false],
    ['alwaysEnqueueComputeSession', true],
    ['autoLogout', false],
    // The template of these releases writes the key twice, which strict readers of TOML refuse.
    ['debug', false],
    ['debug', false],
    ['maskUserInfo', false],
    ['singleSignOnVendors', []],
    ['ssoRealmName', null],
    ['enableContainerCommit', true],
    ['hideAgents', false],
    ['appDownloadUrl', null],
    ['allowAppDownloadPanel', false],
    ...(face.since('24.09') ? [] : ([['enable2FA', true]] as const)),
    ['force2FA', false],
    ['systemSSHImage', null],
    ['directoryBasedUsage', false],
    ['maxCountForPreopenPorts', 10],
    ['allowCustomResourceAllocation', true],
    ['isDirectorySizeVisible', true],
    ['eduAppNamePrefix', null],
    ...(face.since('24.09') ? ([['enableExtendLoginSession', true]] as const) : []),
  ];
  return [
    section('general', general),
    section('resources', [
      ['openPortToPublic', false],
      ['allowNonAuthTCP', false],
      ['allowPreferredPort', false],
      ['maxCPUCoresPerContainer', 64],
      ['maxMemoryPerContainer', 64],
      ['maxCUDADevicesPerContainer', 0],
      ['maxCUDASharesPerContainer', 16],
      ['maxShmPerContainer', 2],
      ['maxFileUploadSize', 4_294_967_296],
    ]),
    section('environments', [
      ['allowlist', null],
      ['showNonInstalledImages', true],
    ]),
    section('menu', [
      ['blocklist', []],
      ['inactivelist', []],
    ]),
    section('plugin', [['page', null]]),
    `[wsproxy]\n# proxyURL =\n# proxyBaseURL =\n# proxyListenIP =\n`,
  ].join('\n');
}
