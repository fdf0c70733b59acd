/** Where the chosen files go: to this computer, or to a mounted folder of the session. */
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import type { LossReport } from '../../../src-preload/contract/files.ts';
import type { KeepInput } from '../../../src-preload/contract/transfers.ts';
import { berth } from '../../bridge.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { formatBytes } from '../../ui/format.ts';
import style from './terminate.module.css';
import { useWords } from './words.ts';

export type Destination = KeepInput['to'];

export function useDownloadPlace() {
  return useQuery({ queryKey: ['files.downloadPlace'], queryFn: () => berth.files.downloadPlace() });
}

interface Props {
  readonly report: LossReport;
  readonly to: Destination;
  readonly onTo: (to: Destination) => void;
  /** The download folder, also while the other way is chosen. */
  readonly downloadFolder: string;
  readonly onDownloadFolder: (folder: string) => void;
}

export function KeepForm({ report, to, onTo, downloadFolder, onDownloadFolder }: Props) {
  const t = useWords();
  const name = useId();
  const place = useDownloadPlace();
  const pick = useMutation({
    mutationFn: () => berth.files.pickFolder({ folder: downloadFolder }),
    onSuccess: ({ folder }) => {
      if (folder !== null) onDownloadFolder(folder);
    },
  });
  const firstFolder = report.folders[0]?.path;
  return (
    <fieldset className={style.where}>
      <legend>{t('where')}</legend>
      <label className={style.choice}>
        <input
          type="radio"
          name={name}
          checked={to.kind === 'download'}
          onChange={() => onTo({ kind: 'download', folder: downloadFolder })}
        />
        {t('where.download')}
      </label>
      {to.kind === 'download' && (
        <div className={style.whereMore}>
          <TextInput
            className={style.path ?? ''}
            aria-label={t('where.folder')}
            value={downloadFolder}
            onChange={(event) => onDownloadFolder(event.currentTarget.value)}
            spellCheck={false}
          />
          {place.data?.canPick && (
            <Button variant="default" loading={pick.isPending} onClick={() => pick.mutate()}>
              {t('where.pick')}
            </Button>
          )}
          <p className={style.note}>{t('where.ownFolder')}</p>
          {pick.error && <ErrorNotice error={toErrorValue(pick.error)} />}
        </div>
      )}
      <label className={style.choice} data-disabled={firstFolder === undefined || undefined}>
        <input
          type="radio"
          name={name}
          checked={to.kind === 'copy'}
          disabled={firstFolder === undefined}
          onChange={() => firstFolder !== undefined && onTo({ kind: 'copy', folder: firstFolder })}
        />
        {t('where.copy')}
      </label>
      {firstFolder === undefined && <p className={style.note}>{t('where.noFolder')}</p>}
      {to.kind === 'copy' && (
        <div className={style.whereMore}>
          <select
            className={style.select}
            aria-label={t('where.mounted')}
            value={to.folder}
            onChange={(event) => onTo({ kind: 'copy', folder: event.currentTarget.value })}
          >
            {report.folders.map(({ path, freeBytes }) => (
              <option key={path} value={path}>
                {freeBytes === null
                  ? path
                  : t('where.free', { path: path.split('/').at(-1) ?? path, size: formatBytes(freeBytes) })}
              </option>
            ))}
          </select>
          <p className={style.note}>{t('where.ownFolder')}</p>
        </div>
      )}
    </fieldset>
  );
}
