/** Left edge of the main window: site and account on top, then the pages. Folds to icons in a narrow window. */
import { addressOf, type Section, sections } from '../../state/use-section.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { AccountSwitcher } from './account-switcher.tsx';
import style from './shell.module.css';
import { useShellWords } from './words.ts';

const icons: Record<Section, IconName> = {
  sessions: 'sessions',
  folders: 'folder',
  transfers: 'transfers',
  ports: 'ports',
  settings: 'settings',
};

interface Props {
  readonly accountId: string;
  readonly section: Section;
  readonly onAddAccount: () => void;
  readonly onSite: () => void;
}

export function Navigation({ accountId, section, onAddAccount, onSite }: Props) {
  const t = useShellWords();
  return (
    <div className={style.side}>
      <AccountSwitcher onAddAccount={onAddAccount} onSite={onSite} />
      <nav aria-label={t('main')} className={style.nav}>
        {sections.map((it) => (
          <a
            key={it}
            href={addressOf(it, accountId)}
            className={style.link}
            data-tip-narrow={t(it)}
            data-last={it === 'settings' || undefined}
            {...(it === section ? { 'aria-current': 'page' as const } : {})}
          >
            <Icon name={icons[it]} />
            <span className={style.linkWord}>{t(it)}</span>
          </a>
        ))}
      </nav>
    </div>
  );
}
