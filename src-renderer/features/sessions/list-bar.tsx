/** What narrows the list, beside the tabs: type, filters, columns, export. */
import { useState } from 'react';
import { type ListFilter, typeFilters } from '../../../src-preload/contract/session-view.ts';
import type { Session, SessionTab } from '../../../src-preload/contract/sessions.ts';
import type { Project } from '../../../src-preload/contract/sites.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Menu } from '../../ui/menu.tsx';
import { refused } from '../../ui/refused.ts';
import { countTypes, isTime, type TypeFilter } from './filter-policy.ts';
import style from './list-bar.module.css';
import { useWords } from './words.ts';

interface Props {
  /** Of the tab, before the type filter. */
  readonly sessions: readonly Session[];
  readonly type: TypeFilter;
  readonly projects: readonly Project[];
  /** Null: only one's own. */
  readonly projectId: string | null;
  readonly onProject: (projectId: string | null) => void;
  readonly onType: (type: TypeFilter) => void;
  readonly onFilter: () => void;
  readonly onColumns: () => void;
  readonly onExport: (kind: 'csv' | 'json') => void;
  readonly onKeys: () => void;
}

export function ListBar({
  sessions,
  type,
  projects,
  projectId,
  onProject,
  onType,
  onFilter,
  onColumns,
  onExport,
  onKeys,
}: Props) {
  const t = useWords();
  const [menu, setMenu] = useState<{ readonly what: 'type' | 'whose' | 'more'; readonly anchor: HTMLElement } | null>(
    null,
  );
  const close = () => setMenu(null);
  const counts = menu?.what === 'type' ? countTypes(sessions) : null;
  const project = projects.find((it) => it.id === projectId);
  const whose = projectId === null ? t('whose.mine') : t('whose.project', { project: project?.name ?? projectId });
  return (
    <>
      {projects.length > 0 && (
        <button
          type="button"
          className={style.type}
          aria-haspopup="menu"
          aria-expanded={menu?.what === 'whose'}
          data-set={projectId !== null || undefined}
          onClick={(event) => {
            const anchor = event.currentTarget;
            setMenu((now) => (now?.what === 'whose' ? null : { what: 'whose', anchor }));
          }}
        >
          {whose}
          <Icon name="chevronDown" size={12} />
        </button>
      )}
      <button
        type="button"
        className={style.type}
        aria-haspopup="menu"
        aria-expanded={menu?.what === 'type'}
        data-set={type !== 'all' || undefined}
        onClick={(event) => {
          const anchor = event.currentTarget;
          setMenu((now) => (now?.what === 'type' ? null : { what: 'type', anchor }));
        }}
      >
        {t('type', { type: t(`type.${type}`) })}
        <Icon name="chevronDown" size={12} />
      </button>
      <IconButton icon="filter" label={t('filter.add')} onClick={onFilter} />
      <IconButton icon="columns" label={t('columns')} onClick={onColumns} />
      <IconButton
        icon="more"
        label={t('list.more')}
        aria-haspopup="menu"
        aria-expanded={menu?.what === 'more'}
        onClick={(event) => {
          const anchor = event.currentTarget;
          setMenu((now) => (now?.what === 'more' ? null : { what: 'more', anchor }));
        }}
      />
      {menu?.what === 'type' && counts && (
        <Menu
          anchor={menu.anchor}
          label={t('type.label')}
          onClose={close}
          items={typeFilters.map((it) => ({
            id: it,
            label: t(`type.${it}`),
            shortcut: String(counts[it]),
            checked: it === type,
            onSelect: () => onType(it),
          }))}
        />
      )}
      {menu?.what === 'whose' && (
        <Menu
          anchor={menu.anchor}
          label={t('whose')}
          onClose={close}
          items={[
            { id: 'mine', label: t('whose.mine'), checked: projectId === null, onSelect: () => onProject(null) },
            ...projects.map((it) => ({
              id: it.id,
              label: t('whose.project', { project: it.name }),
              checked: it.id === projectId,
              onSelect: () => onProject(it.id),
            })),
          ]}
        />
      )}
      {menu?.what === 'more' && (
        <Menu
          anchor={menu.anchor}
          label={t('list.more')}
          onClose={close}
          items={[
            { id: 'csv', icon: 'download', label: t('export.csv'), onSelect: () => onExport('csv') },
            { id: 'json', icon: 'download', label: t('export.json'), onSelect: () => onExport('json') },
            { id: 'keys', icon: 'info', label: t('keys'), shortcut: '?', separated: true, onSelect: onKeys },
          ]}
        />
      )}
    </>
  );
}

interface ChipsProps {
  readonly filters: readonly ListFilter[];
  /** How many rows they leave. */
  readonly shown: number;
  readonly of: number;
  readonly onRemove: (filter: ListFilter) => void;
  readonly onClear: () => void;
}

/** The filters in words, each with its own way out. */
export function FilterChips({ filters, shown, of, onRemove, onClear }: ChipsProps) {
  const t = useWords();
  if (filters.length === 0) return null;
  return (
    <section className={style.chips} aria-label={t('filters')}>
      {filters.map((filter) => {
        const words = t('filter.words', {
          field: t(`field.${filter.field}`),
          operator: t(`operator.${filter.operator}`),
          value: filter.value,
        });
        return (
          <span key={JSON.stringify(filter)} className={style.chip} data-time={isTime(filter.field) || undefined}>
            {words}
            <button
              type="button"
              className={style.remove}
              aria-label={t('filter.remove', { filter: words })}
              data-tip={t('filter.remove', { filter: words })}
              onClick={() => onRemove(filter)}
            >
              <Icon name="close" size={12} />
            </button>
          </span>
        );
      })}
      <button type="button" className={style.clear} onClick={onClear}>
        {t('filter.clear')}
      </button>
      <span className={style.left} role="status">
        {t('filter.left', { shown, of })}
      </span>
    </section>
  );
}

/** What the list does not hold: nobody should take it for all there is. */
export function UnreadLine({
  tab,
  read,
  unread,
}: {
  readonly tab: SessionTab;
  readonly read: number;
  readonly unread: number;
}) {
  const t = useWords();
  if (unread === 0 || tab === 'other') return null;
  return (
    <p className={style.unread} role="status">
      {t('unread', { read, of: read + unread })}
    </p>
  );
}

interface SelectionProps {
  readonly count: number;
  readonly reason: string | null;
  readonly onTerminate: () => void;
  readonly onClear: () => void;
}

/** What can be done with all ticked rows. */
export function SelectionBar({ count, reason, onTerminate, onClear }: SelectionProps) {
  const t = useWords();
  if (count === 0) return null;
  return (
    <section className={style.selection} aria-label={t('selection')}>
      <span role="status">{t('selection.count', { count })}</span>
      <button
        type="button"
        className={style.end}
        {...refused(reason)}
        onClick={() => {
          if (reason === null) onTerminate();
        }}
      >
        <Icon name="stop" size={14} />
        {t('selection.terminate')}
      </button>
      <button type="button" className={style.clear} onClick={onClear}>
        {t('selection.clear')}
      </button>
    </section>
  );
}
