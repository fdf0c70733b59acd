/** What is used of how much, above the list (web client parity P-LIST-32): one line while folded, a bar each when open. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { UsageView } from '../../../src-preload/contract/session-view.ts';
import type { Usage, UsageLine } from '../../../src-preload/contract/usage.ts';
import { berth } from '../../bridge.ts';
import { acceleratorUnit, formatNumber, gib } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import style from './usage-strip.module.css';
import { useWords, type Words } from './words.ts';

/** Not a hook, whatever its name looks like. */
const readUsage = berth.usage.read;

const againMs = 15_000;
const seldomMs = 60_000;
const panels = ['mine', 'in-group', 'group'] as const;

export const usualUsage: UsageView = { open: false, panel: 'mine', resourceGroup: null };

interface Props {
  readonly accountId: string;
  /** By name; null: the person's first. */
  readonly project: string | null;
  /** Changes when there is more or less in use. */
  readonly running: number | undefined;
  readonly view: UsageView;
  readonly onView: (view: UsageView) => void;
}

export function UsageStrip({ accountId, project, running, view, onView }: Props) {
  const t = useWords();
  const { open, panel, resourceGroup } = view;
  const whole = open && panel === 'group';
  const { data } = useQuery({
    queryKey: ['usage.read', accountId, project, resourceGroup, whole, running],
    queryFn: ({ signal }) => readUsage({ accountId, project, resourceGroup, whole }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: open ? againMs : seldomMs,
    enabled: running !== undefined,
  });
  return (
    <section className={style.strip} aria-label={t('usage')}>
      <button
        type="button"
        className={style.toggle}
        aria-expanded={open}
        onClick={() => onView({ ...view, open: !open })}
      >
        <Icon name={open ? 'chevronUp' : 'chevronDown'} size={12} />
        {t('usage')}
      </button>
      {!open && data && (
        <ul className={`${style.brief} numbers`} aria-label={t('usage.mine')}>
          {data.mine.filter(isOfUse).map((line) => (
            <li key={line.slot} data-tip={limitWords(t, line) || undefined} data-level={levelOf(line)}>
              <span className={style.slot}>{nameOf(t, line, data.mine)}</span> {amounts(t, line)}
            </li>
          ))}
        </ul>
      )}
      {open && data && <Panel data={data} view={view} onView={onView} />}
    </section>
  );
}

function Panel({ data, view, onView }: Pick<Props, 'view' | 'onView'> & { readonly data: Usage }) {
  const t = useWords();
  const lines = view.panel === 'mine' ? data.mine : view.panel === 'in-group' ? data.inGroup : data.group;
  return (
    <div className={style.panel}>
      <div className={style.choice}>
        <fieldset className={style.panels}>
          <legend className="visually-hidden">{t('usage.which')}</legend>
          {panels.map((it) => (
            <label key={it}>
              <input
                type="radio"
                name="usage-panel"
                checked={it === view.panel}
                onChange={() => onView({ ...view, panel: it })}
              />
              {t(`usage.${it}`)}
            </label>
          ))}
        </fieldset>
        {view.panel !== 'mine' && (
          <select
            aria-label={t('column.resourceGroup')}
            value={data.resourceGroup ?? ''}
            onChange={(event) => onView({ ...view, resourceGroup: event.currentTarget.value })}
          >
            {data.resourceGroups.map((it) => (
              <option key={it}>{it}</option>
            ))}
          </select>
        )}
      </div>
      {lines === null || lines.length === 0 ? (
        <p className={style.none}>{t('usage.none')}</p>
      ) : (
        <ul className={style.lines}>
          {lines.filter(isOfUse).map((line) => (
            <li key={line.slot} data-level={levelOf(line)}>
              <span className={style.slot}>{nameOf(t, line, lines)}</span>
              <meter
                aria-label={nameOf(t, line, lines)}
                min={0}
                max={line.limit === null || line.limit <= 0 ? 1 : line.limit}
                value={line.limit === null ? 0 : Math.min(line.used, line.limit)}
              />
              <span className="numbers">{amounts(t, line)}</span>
              <span className={style.limit}>{limitWords(t, line)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** By its unit, as people say it; two kinds with the same one by the site's own names. */
function nameOf(t: Words, { slot, unit }: UsageLine, among: readonly UsageLine[]): string {
  if (slot === 'cpu' || slot === 'mem') return slot === 'cpu' ? 'CPU' : t('column.memory');
  const same = among.filter((it) => it.unit === unit).length > 1;
  return same ? slot : (unit ?? acceleratorUnit(slot));
}

function amounts(t: Words, { slot, used, limit }: UsageLine): string {
  const say = (value: number) => (slot === 'mem' ? gib(value) : formatNumber(value));
  const unit = slot === 'mem' ? ' GiB' : '';
  return limit === null ? `${say(used)}${unit}` : `${t('used.before', { used: say(used) })}${say(limit)}${unit}`;
}

function limitWords(t: Words, { limit, by }: UsageLine): string {
  if (limit === null || by === null) return t('usage.unlimited');
  return t(`usage.by.${by}`);
}

/** Kinds of accelerators of which there is nothing to have, or no limit and nothing in use, say nothing. */
function isOfUse({ slot, used, limit }: UsageLine): boolean {
  return slot === 'cpu' || slot === 'mem' || used > 0 || (limit !== null && limit > 0);
}

/** Nine tenths are nearly all. */
function levelOf({ used, limit }: UsageLine): 'full' | 'near' | undefined {
  if (limit === null || limit <= 0) return undefined;
  return used >= limit ? 'full' : used >= 0.9 * limit ? 'near' : undefined;
}
