/** The keys of a terminal window. */
import { Dialog } from '../../ui/dialog.tsx';
import { keyTable } from './keys-policy.ts';
import { isMac } from './platform.ts';
import style from './terminal-dialogs.module.css';
import { useWords } from './terminal-words.ts';

export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords();
  return (
    <Dialog title={t('keys.title')} width={440} onClose={onClose}>
      <dl className={style.keys}>
        {keyTable(isMac).map(([name, keys]) => (
          <div key={name}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{t(`keys.${name}`)}</dd>
          </div>
        ))}
      </dl>
      <p className="soft">{t('keys.browser')}</p>
    </Dialog>
  );
}
