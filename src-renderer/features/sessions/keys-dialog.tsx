/** The keys of the Sessions page. */
import { Dialog } from '../../ui/dialog.tsx';
import style from './dialogs.module.css';
import { useWords } from './words.ts';

export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords();
  const keys: readonly (readonly [readonly string[], string])[] = [
    [['↑', '↓'], t('keys.walk')],
    [['Space'], t('keys.tick')],
    [['Shift ↑', 'Shift ↓'], t('keys.range')],
    [['Ctrl A'], t('keys.all')],
    [['D'], t('keys.details')],
    [['Enter', 'T'], t('keys.terminal')],
    [['A'], t('keys.apps')],
    [['Del'], t('keys.terminate')],
    [['/'], t('keys.find')],
    [['N'], t('keys.start')],
    [['?'], t('keys.help')],
    [['Esc'], t('keys.close')],
  ];
  return (
    <Dialog title={t('keys.title')} width={400} onClose={onClose}>
      <dl className={style.keys}>
        {keys.map(([names, what]) => (
          <div key={what}>
            <dt>
              {names.map((it) => (
                <kbd key={it}>{it}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
