/** `1–10 of 23`, and the pages before and after. */
import { IconButton } from '../../../ui/icon-button.tsx';
import style from './record.module.css';
import { useRecordWords } from './record-words.ts';

interface Props {
  /** From 0. */
  readonly page: number;
  readonly size: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
}

export function Pager({ page, size, total, onPage }: Props) {
  const t = useRecordWords();
  if (total <= size) return null;
  const to = Math.min(total, (page + 1) * size);
  return (
    <div className={style.pager}>
      <span role="status" className="soft numbers">
        {t('page', { from: page * size + 1, to, total })}
      </span>
      {page > 0 && <IconButton icon="chevronLeft" label={t('page.before')} onClick={() => onPage(page - 1)} />}
      {to < total && <IconButton icon="chevronRight" label={t('page.next')} onClick={() => onPage(page + 1)} />}
    </div>
  );
}
