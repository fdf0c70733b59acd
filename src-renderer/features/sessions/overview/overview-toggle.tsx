/** Opens what there is beside the list. Apart from the overview itself, whose code and questions come when it is opened. */
import { Icon } from '../../../ui/icons.tsx';
import style from '../usage-strip.module.css';
import { useWords } from '../words.ts';

interface Props {
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

export function OverviewToggle({ isOpen, onToggle }: Props) {
  const t = useWords();
  return (
    <button type="button" className={style.toggle} aria-expanded={isOpen} onClick={onToggle}>
      <Icon name={isOpen ? 'chevronUp' : 'chevronDown'} size={12} />
      {t('overview')}
    </button>
  );
}
