/** What begins to listen in sessions, one click from being open to this computer. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Forward } from '../../../src-preload/contract/forwards.ts';
import type { Link } from '../../../src-preload/contract/links.ts';
import { berth } from '../../bridge.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import style from './ports.module.css';
import { noteForward, useOffers } from './use-forwards.ts';
import { useWords } from './words.ts';

interface Props {
  readonly links: readonly Link[];
  readonly forwards: readonly Forward[];
}

export function Offers({ links, forwards }: Props) {
  const t = useWords();
  const offers = useOffers(links, forwards);
  const open = useMutation({
    mutationFn: ({ link, port }: { link: Link; port: number }) =>
      berth.forwards.open({
        accountId: link.accountId,
        sessionId: link.sessionId,
        kernel: 'main1',
        port,
        localPort: null,
      }),
    onSuccess: noteForward,
  });
  return (
    <>
      {offers.length > 0 && (
        <ul className={style.offers} aria-label={t('offers.label')}>
          {offers.map(({ link, ports }) => (
            <li key={link.sessionId}>
              <span>{t('offers.in', { session: link.sessionName })}</span>
              {ports.map(({ port, program }) => (
                <span key={port} className={style.offer}>
                  <span className="numbers">{port}</span>
                  {program !== null && <span className="soft">{program}</span>}
                  <Button
                    variant="default"
                    size="compact-sm"
                    aria-label={t('offers.do', { port, session: link.sessionName })}
                    data-tip={t('offers.do', { port, session: link.sessionName })}
                    loading={open.isPending && open.variables.port === port}
                    onClick={() => open.mutate({ link, port })}
                  >
                    {t('offers.word')}
                  </Button>
                </span>
              ))}
            </li>
          ))}
        </ul>
      )}
      {open.error && (
        <div className={style.notice}>
          <ErrorNotice error={toErrorValue(open.error)} />
        </div>
      )}
    </>
  );
}
