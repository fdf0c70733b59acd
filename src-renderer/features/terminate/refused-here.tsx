/** Says that this site refuses the plain end in the session's state, and leads to what it would take instead. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import style from './terminate.module.css';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly session: Session;
  readonly onForce: () => void;
}

export function RefusedHere({ accountId, session, onForce }: Props) {
  const t = useWords();
  const ending = useQuery({
    queryKey: ['sessions.ending', accountId, session.id, session.status],
    queryFn: () => berth.sessions.ending({ accountId, sessionId: session.id }),
    gcTime: 0,
  }).data;
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
