/** Ends one session: looks for what would be lost, keeps what is wanted, then ends. Terminate is possible at once. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState } from 'react';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { noteTransfer, useTransfers } from '../../state/use-transfers.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { formatBytes, formatNumber } from '../../ui/format.ts';
import { EndTrouble } from './end-trouble.tsx';
import { type Destination, KeepForm, useDownloadPlace } from './keep-form.tsx';
import { Keeping } from './keeping.tsx';
import { isDoubtful, LossLine, SecondLine } from './loss-line.tsx';
import { LossTree } from './loss-tree.tsx';
import { RefusedHere } from './refused-here.tsx';
import style from './terminate.module.css';
import { Chosen } from './tree-policy.ts';
import { canLook, lookAgain, type SecondLook, useEntries, useLook } from './use-look.ts';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly session: Session;
  /** The plain end was refused, and force would be taken. */
  readonly onForce: () => void;
  readonly onClose: () => void;
}

export function SingleDialog({ accountId, session, onForce, onClose }: Props) {
  const t = useWords();
  const opened = useId();
  const look = useLook(accountId, session, opened);
  const report = look.data;
  const count = report ? report.files + report.links : 0;
  const entries = useEntries(count > 0 ? report?.checkId : undefined);
  const [step, setStep] = useState<'ask' | 'keep'>('ask');
  const [transferId, setTransferId] = useState<string | null>(null);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const place = useDownloadPlace();
  const [typed, setTyped] = useState<string | null>(null);
  const downloadFolder = typed ?? place.data?.folder ?? '';
  const [copyTo, setCopyTo] = useState<string | null>(null);
  const to: Destination =
    copyTo === null ? { kind: 'download', folder: downloadFolder } : { kind: 'copy', folder: copyTo };

  const [again, setAgain] = useState<SecondLook | null>(null);
  const terminate = useMutation({
    mutationFn: async (): Promise<'ended' | 'asked'> => {
      // What came up while somebody read the list is told before it is lost; once.
      if (report && again === null) {
        const second = await lookAgain(report.checkId);
        setAgain(second);
        if (second.news !== null && second.news.report !== null) look.replace(second.news.report);
        if (second.news === null || second.news.count > 0) return 'asked';
      }
      await berth.sessions.terminate({ accountId, sessionId: session.id, forced: false });
      return 'ended';
    },
    onSuccess: (outcome) => {
      if (outcome === 'ended') onClose();
    },
  });
  const picked = chosen ?? (entries.data ? Chosen.all(entries.data.length) : null);
  const keep = useMutation({
    mutationFn: () =>
      berth.transfers.keep({ checkId: report?.checkId ?? '', chosen: picked?.ranges() ?? [], to, thenEnd: true }),
    onSuccess: (transfer) => {
      noteTransfer(transfer);
      setTransferId(transfer.id);
    },
  });
  const transfer = useTransfers().data?.find(({ id }) => id === transferId);
  const resume = useMutation({ mutationFn: () => berth.transfers.resume({ transferId: transferId ?? '' }) });
  const cancel = useMutation({ mutationFn: () => berth.transfers.cancel({ transferId: transferId ?? '' }) });

  const isDone = transfer?.state === 'done';
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  }, [onClose]);
  useEffect(() => {
    if (isDone) close.current();
  }, [isDone]);

  const end = (
    <Button
      className={style.danger ?? ''}
      color="var(--danger)"
      loading={terminate.isPending}
      onClick={() => terminate.mutate()}
    >
      {t('do')}
    </Button>
  );
  const footer = transfer ? (
    transfer.state === 'failed' || transfer.state === 'cancelled' || transfer.state === 'paused' ? (
      <>
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('close')}
        </Button>
        <Button
          variant="default"
          onClick={() => {
            setTransferId(null);
            setStep('ask');
            setChosen(null);
            setAgain(null);
            void look.refetch();
          }}
        >
          {t('back')}
        </Button>
        {transfer.state !== 'cancelled' && transfer.error?.code !== 'file-changed' && (
          <Button loading={resume.isPending} onClick={() => resume.mutate()}>
            {t(transfer.state === 'paused' ? 'keeping.resume' : 'keeping.again')}
          </Button>
        )}
      </>
    ) : (
      <>
        <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
          {t('keeping.stop')}
        </Button>
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('close')}
        </Button>
      </>
    )
  ) : step === 'keep' ? (
    <>
      <Button variant="default" onClick={() => setStep('ask')}>
        {t('back')}
      </Button>
      <Button
        loading={keep.isPending}
        disabled={(picked?.count ?? 0) === 0 || to.folder.trim() === ''}
        onClick={() => keep.mutate()}
      >
        {t('keep.do', { count: picked?.count ?? 0, n: formatNumber(picked?.count ?? 0) })}
      </Button>
    </>
  ) : (
    <>
      <Button variant="default" onClick={onClose} data-autofocus>
        {t('cancel')}
      </Button>
      {canLook(session) && (
        <Button variant="default" disabled={count === 0} onClick={() => setStep('keep')}>
          {t('keep')}
        </Button>
      )}
      {end}
    </>
  );

  return (
    <Dialog role="alertdialog" width={560} title={t('title', { name: session.name })} onClose={onClose} footer={footer}>
      {transfer ? (
        <>
          <Keeping transfer={transfer} />
          {(resume.error ?? cancel.error) && <ErrorNotice error={toErrorValue(resume.error ?? cancel.error)} />}
        </>
      ) : step === 'keep' && report && entries.data && picked ? (
        <>
          <p>{t('keep.what')}</p>
          {/* What was not seen cannot be kept: said again where the choice is made. */}
          {isDoubtful(report) && <LossLine look={look} />}
          <label className={style.selectAll}>
            <input
              type="checkbox"
              checked={picked.count === entries.data.length}
              ref={(box) => {
                if (box) box.indeterminate = picked.count > 0 && picked.count < (entries.data?.length ?? 0);
              }}
              onChange={() => setChosen(picked.toggled(0, entries.data.length - 1))}
            />
            {t('keep.all')}
            <span className={`${style.treeSize} numbers`}>
              {t('keep.chosen', {
                n: formatNumber(picked.count),
                total: formatNumber(entries.data.length),
                size: formatBytes(picked.bytes(entries.data)),
              })}
            </span>
          </label>
          <LossTree entries={entries.data} chosen={picked} onChosen={setChosen} />
          <KeepForm
            report={report}
            to={to}
            onTo={(next) => setCopyTo(next.kind === 'copy' ? next.folder : null)}
            downloadFolder={downloadFolder}
            onDownloadFolder={setTyped}
          />
          {keep.error && <ErrorNotice error={toErrorValue(keep.error)} />}
        </>
      ) : (
        <>
          <Facts session={session} />
          {canLook(session) && <LossLine look={look} />}
          {again && <SecondLine second={again} />}
          {entries.data && entries.data.length > 0 && <LossTree entries={entries.data} chosen={null} />}
          {terminate.error && <EndTrouble error={toErrorValue(terminate.error)} />}
          <RefusedHere accountId={accountId} session={session} onForce={onForce} />
        </>
      )}
    </Dialog>
  );
}

function Facts({ session }: { readonly session: Session }) {
  const t = useWords();
  const hasRun = session.family !== 'waiting' && (session.family !== 'starting' || session.status === 'RESTARTING');
  if (!hasRun) return <p>{t('waiting')}</p>;
  if (session.mounts.length === 0) return <p>{t('allLost')}</p>;
  return (
    <p>
      {t('lost')} {t('kept', { folders: session.mounts.join(', ') })}
    </p>
  );
}
