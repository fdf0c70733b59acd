/** A control that cannot be used now stays reachable and says why, by tooltip and accessible description. */

interface Refused {
  readonly 'aria-disabled'?: true;
  readonly 'aria-description'?: string;
  readonly 'data-tip'?: string;
  /** Draws a button of the component library as disabled, without taking it out of the tab order. */
  readonly 'data-disabled'?: true;
}

/** Attributes for the control; none without a reason. What its click would do has to be refused beside it. */
export function refused(reason: string | null | undefined): Refused {
  return reason ? { 'aria-disabled': true, 'aria-description': reason, 'data-tip': reason, 'data-disabled': true } : {};
}
