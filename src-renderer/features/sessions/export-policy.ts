/** Pure: the shown rows as CSV for spreadsheets and as JSON for programs. */
import type { Session } from '../../../src-preload/contract/sessions.ts';
import type { ColumnId } from './columns-policy.ts';
import { firstEnd } from './idle-policy.ts';

type Value = string | number | null | readonly string[];

/** Amounts as numbers in cores and bytes, times as ISO text: what a program can go on with. */
const fields: Readonly<Record<ColumnId, (session: Session) => Readonly<Record<string, Value>>>> = {
  status: (it) => ({ status: it.status }),
  environment: (it) => ({ environment: it.environment }),
  cpu: (it) => ({ cpuCores: Number(it.slots.cpu ?? 0), cpuCoresUsed: it.live?.cpuCores ?? null }),
  memory: (it) => ({ memoryBytes: Number(it.slots.mem ?? 0), memoryBytesUsed: it.live?.memBytes ?? null }),
  gpu: (it) => ({
    accelerators: Object.entries(it.slots)
      .filter(([slot, amount]) => slot !== 'cpu' && slot !== 'mem' && Number(amount) > 0)
      .map(([slot, amount]) => `${slot}=${amount}`),
  }),
  age: (it) => ({ createdAt: it.createdAt, startedAt: it.startedAt, endedAt: it.terminatedAt }),
  idle: (it) => ({ endsByItselfAt: firstEnd(it) }),
  dependencies: (it) => ({ dependsOn: it.dependsOn?.map(({ name }) => name) ?? [] }),
  domain: (it) => ({ domain: it.domain ?? null }),
  accessKey: (it) => ({ accessKey: it.accessKey }),
  type: (it) => ({ type: it.type }),
  folders: (it) => ({ folders: it.mounts }),
  resourceGroup: (it) => ({ resourceGroup: it.resourceGroup }),
  project: (it) => ({ project: it.project }),
  image: (it) => ({ image: it.image }),
  statusInfo: (it) => ({ statusInfo: it.statusInfo }),
  cluster: (it) => ({ clusterSize: it.clusterSize }),
  shmem: (it) => ({ sharedMemoryBytes: it.shmemBytes }),
  architecture: (it) => ({ architecture: it.architecture }),
  created: (it) => ({ createdAt: it.createdAt }),
  started: (it) => ({ startedAt: it.startedAt }),
  ended: (it) => ({ endedAt: it.terminatedAt }),
  owner: (it) => ({ owner: it.owner ?? null, accessKey: it.accessKey }),
  agents: (it) => ({ agents: it.agents ?? [] }),
  priority: (it) => ({ priority: it.priority ?? null }),
  result: (it) => ({ result: it.result ?? null }),
  id: () => ({}),
};

function record(session: Session, columns: readonly ColumnId[]): Readonly<Record<string, Value>> {
  const parts = columns.map((column) => fields[column](session));
  return Object.assign({ id: session.id, name: session.name }, ...parts);
}

export function toJson(sessions: readonly Session[], columns: readonly ColumnId[]): string {
  return `${JSON.stringify(
    sessions.map((session) => record(session, columns)),
    null,
    2,
  )}\n`;
}

/**
 * RFC 4180: CRLF, quotes doubled. SECURITY: a session's name is anybody's text; one that a spreadsheet would run as a formula
 * is made plain by an apostrophe (export-policy.test.ts, "formulas").
 */
export function csvCell(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = typeof value === 'string' ? value : value.join('; ');
  const plain = /^\s*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n;]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** With a byte order mark, without which Excel reads Korean as something else. */
export function toCsv(sessions: readonly Session[], columns: readonly ColumnId[]): string {
  const rows = sessions.map((session) => record(session, columns));
  const [first] = rows;
  const names = first === undefined ? ['id', 'name'] : Object.keys(first);
  const lines = [names, ...rows.map((row) => names.map((name) => row[name] ?? null))];
  return `\ufeff${lines.map((line) => `${line.map(csvCell).join(',')}\r\n`).join('')}`;
}
