// A button with words, or with an icon alone and a name for those who hear it. Every one is at least 44 px.
import type { ReactNode } from 'react';
import { Button as AriaButton, Tooltip, TooltipTrigger, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import './button.css';

interface ButtonProps extends Omit<AriaButtonProps, 'children' | 'className' | 'style'> {
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly icon?: ReactNode;
  readonly children: ReactNode;
  readonly wide?: boolean;
  readonly 'data-testid'?: string;
}

/** A button with words. */
export function Button({ kind = 'plain', icon, children, wide = false, ...rest }: ButtonProps) {
  return (
    <AriaButton {...rest} className={`button button-${kind}${wide ? ' button-wide' : ''}`}>
      {icon}
      <span>{children}</span>
    </AriaButton>
  );
}

interface IconButtonProps extends Omit<AriaButtonProps, 'children' | 'className' | 'style' | 'aria-label'> {
  readonly label: string;
  readonly children: ReactNode;
  readonly look?: 'quiet' | 'plate' | 'bar' | 'bar-off' | 'bar-danger' | 'primary' | 'plain';
  /** Shown on hover and focus beside the name, such as a key. */
  readonly hint?: string;
  readonly placement?: 'top' | 'bottom' | 'left' | 'right';
  readonly 'data-testid'?: string;
  readonly 'data-on'?: boolean;
}

/** A button with an icon; its name shows as a tooltip. */
export function IconButton({ label, children, look = 'quiet', hint, placement = 'top', ...rest }: IconButtonProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      <AriaButton {...rest} aria-label={label} className={`icon-button icon-button-${look}`}>
        {children}
      </AriaButton>
      <Tooltip className="tooltip" placement={placement} offset={8}>
        {hint ?? label}
      </Tooltip>
    </TooltipTrigger>
  );
}
