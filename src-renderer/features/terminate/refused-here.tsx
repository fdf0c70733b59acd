/** Says that this site refuses the plain end in the session's state, and leads to what it would take instead. */
import { Button } from '@mantine/core';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import style from './terminate.module.css';
import { useEndings } from './use-endings.ts';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly session: Session;
  readonly onForce: () => void;
}

export function RefusedHere({ accountId, session, onForce }: Props) {
  const t = useWords();
  const [ending] = useEndings(accountId, [session]);
  if (ending?.plain !== 'refused') return null;
  return (
    <div className={style.refused}>
      <p>{t(`force.${ending.reason}`, { status: session.status })}</p>
      {ending.force === 'offered' && (
        <Button variant="default" size="compact-md" onClick={onForce}>
          {t('force.instead')}
        </Button>
      )}
    </div>
  );
}
