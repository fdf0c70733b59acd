/** Shows a text of several lines before it goes to a shell that would run them. */
import { Button } from '@mantine/core';
import { Dialog } from '../../ui/dialog.tsx';
import { formatBytes } from '../../ui/format.ts';
import { pasteFacts, shownPaste } from './paste-policy.ts';
import style from './terminal-dialogs.module.css';
import { useWords } from './terminal-words.ts';

/** Characters that are shown; a person reads no more, and a page of megabytes is slow. */
const shownLength = 20_000;

interface Props {
  readonly text: string;
  readonly onPaste: () => void;
  readonly onCancel: () => void;
}

export function PasteDialog({ text, onPaste, onCancel }: Props) {
  const t = useWords();
  const { lines, hasControls } = pasteFacts(text);
  const size = formatBytes(new TextEncoder().encode(text).byteLength);
  return (
    <Dialog
      title={t('paste.title', { count: lines })}
      role="alertdialog"
      width={560}
      onClose={onCancel}
      footer={
        <>
          <Button variant="default" onClick={onCancel}>
            {t('cancel')}
          </Button>
          <Button onClick={onPaste} data-autofocus>
            {t('paste.go')}
          </Button>
        </>
      }
    >
      <p>{t(hasControls ? 'paste.controls' : 'paste.runs')}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a text that scrolls must be reachable by the keys */}
      <section aria-label={t('paste.text')} className={style.text} tabIndex={0}>
        {shownPaste(text.slice(0, shownLength))}
      </section>
      {text.length > shownLength && <p className="soft">{t('paste.more', { size })}</p>}
    </Dialog>
  );
}
