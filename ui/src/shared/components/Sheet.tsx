// A dialog over the screen. Focus goes in, stays, and returns to where it was; Escape and a press outside close it.
import type { ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { CloseIcon } from '../icons/icons';
import { useLanguage } from '../i18n/Language';
import { IconButton } from './Button';
import './sheet.css';

interface SheetProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Asks for a decision: no cross to overlook it with, and it is announced as urgent. */
  readonly asks?: boolean;
  readonly actions?: ReactNode;
}

/** An open dialog; render it only while it is open. */
export function Sheet({ title, onClose, children, asks = false, actions }: SheetProps) {
  const { words } = useLanguage();
  return (
    <ModalOverlay
      className="sheet-overlay"
      isOpen
      isDismissable
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <Modal className={asks ? 'sheet sheet-narrow' : 'sheet'}>
        <Dialog className="sheet-dialog" role={asks ? 'alertdialog' : 'dialog'}>
          <header className="sheet-head">
            <Heading slot="title" className="sheet-title">
              {title}
            </Heading>
            {asks ? null : (
              <IconButton label={words.close} onPress={onClose} placement="bottom" data-testid="close-dialog">
                <CloseIcon />
              </IconButton>
            )}
          </header>
          <div className="sheet-body">{children}</div>
          {actions === undefined ? null : <footer className="sheet-actions">{actions}</footer>}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
