/** What begins to listen in sessions, one click from being open to this computer. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type Forward, mainKernel } from '../../../src-preload/contract/forwards.ts';
import type { Link } from '../../../src-preload/contract/links.ts';
import { berth } from '../../bridge.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import type { Offer } from './offers-policy.ts';
import style from './ports.module.css';
import { noteForward, useLooks } from './use-forwards.ts';
import { useWords } from './words.ts';

interface Props {
  readonly links: readonly Link[];
  readonly forwards: readonly Forward[];
}

export function Offers({ links, forwards }: Props) {
  const t = useWords();
  const { offers, unseen } = useLooks(links, forwards);
  const open = useMutation({
    mutationFn: ({ link, kernel, port }: { link: Link; kernel: string; port: number }) =>
      berth.forwards.open({
        accountId: link.accountId,
        sessionId: link.sessionId,
        kernel,
        port,
        localPort: null,
      }),
    onSuccess: noteForward,
  });
  const isOpening = ({ link, kernel }: Offer, port: number): boolean =>
    open.isPending &&
    open.variables.link.sessionId === link.sessionId &&
    open.variables.kernel === kernel &&
    open.variables.port === port;
  return (
    <>
      {offers.length > 0 && (
        <ul className={style.offers} aria-label={t('offers.label')}>
          {offers.map((offer) => {
            const { link, kernel, ports } = offer;
            // The main kernel is what a person takes for the session.
            const words = kernel === mainKernel ? '' : 'Kernel';
            const session = link.sessionName;
            return (
              <li key={`${link.sessionId}/${kernel}`}>
                <span>{t(`offers.in${words}`, { session, kernel })}</span>
                {ports.map(({ port, program }) => (
                  <span key={port} className={style.offer}>
                    <span className="numbers">{port}</span>
                    {program !== null && <span className="soft">{program}</span>}
                    <Button
                      variant="default"
                      size="compact-sm"
                      aria-label={t(`offers.do${words}`, { port, session, kernel })}
                      data-tip={t(`offers.do${words}`, { port, session, kernel })}
                      loading={isOpening(offer, port)}
                      onClick={() => open.mutate({ link, kernel, port })}
                    >
                      {t('offers.word')}
                    </Button>
                  </span>
                ))}
              </li>
            );
          })}
        </ul>
      )}
      {unseen.map(({ link, why, kernels }) => (
        <p key={`${link.sessionId}/${why}`} className={style.intro}>
          {t(`offers.unseen.${why}`, { main: mainKernel, session: link.sessionName, kernels: kernels.join(', ') })}
        </p>
      ))}
      {open.error && (
        <div className={style.notice}>
          <ErrorNotice error={toErrorValue(open.error)} />
        </div>
      )}
    </>
  );
}
