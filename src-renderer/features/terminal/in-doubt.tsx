/** Keys that may have been lost with the link: never sent again by themselves, and masked, since they may be a password. */
import { useState } from 'react';
import { Bar } from './bar.tsx';
import { type Doubt, shownKeys } from './sent-keys.ts';
import { useWords } from './terminal-words.ts';

/** More does not fit beside the buttons. */
const shownLength = 40;

interface Props {
  readonly doubt: Doubt;
  readonly onTypeAgain: () => void;
  readonly onForgetDoubt: () => void;
}

export function InDoubt({ doubt, onTypeAgain, onForgetDoubt }: Props) {
  const t = useWords();
  const [isShown, setShown] = useState(false);
  const { keys, bytes } = doubt;
  if (!bytes) {
    const words = t('doubt.tooMuch', { count: keys });
    return <Bar kind="warning" steady words={words} action={t('dismiss')} onAct={onForgetDoubt} />;
  }
  const text = shownKeys(bytes);
  const end = text.length > shownLength ? `…${text.slice(1 - shownLength)}` : text;
  return (
    <Bar
      kind="warning"
      steady
      words={isShown ? t('doubt.shown', { keys: end }) : t('doubt', { count: keys })}
      action={t('doubt.again')}
      onAct={onTypeAgain}
      more={
        <>
          <button type="button" onClick={() => setShown(!isShown)}>
            {t(isShown ? 'doubt.hide' : 'show')}
          </button>
          <button type="button" onClick={onForgetDoubt}>
            {t('dismiss')}
          </button>
        </>
      }
    />
  );
}
