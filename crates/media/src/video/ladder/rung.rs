//! The sizes and frame rates a picture may have, and the bits they need.
//!
//! The bits are for VP8 in real time and a picture of 16:9. They follow the table WebRTC's senders use for simulcast (180 lines from
//! 30 kbit/s up, good at 150, at most 200; 270: 150, 350, 450; 360: 150, 500, 700; 540: 350, 1200; 720: 600, 2500), each size
//! beginning a good way above the table's minimum: below, the next smaller size at full rate looks better when scaled up.

/// Long side of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Size {
    Px320,
    Px480,
    Px640,
    Px960,
    Px1280,
}

/// Pictures a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rate {
    Fps15,
    Fps20,
    Fps30,
}

impl Size {
    pub(super) const ALL: [Self; 5] = [Self::Px320, Self::Px480, Self::Px640, Self::Px960, Self::Px1280];

    pub(super) const fn long_side(self) -> u16 {
        match self {
            Self::Px320 => 320,
            Self::Px480 => 480,
            Self::Px640 => 640,
            Self::Px960 => 960,
            Self::Px1280 => 1280,
        }
    }

    /// Fewer bits a second are not enough at 30 pictures a second.
    const fn least_bps(self) -> u32 {
        match self {
            Self::Px320 => 100_000,
            Self::Px480 => 200_000,
            Self::Px640 => 350_000,
            Self::Px960 => 700_000,
            Self::Px1280 => 1_200_000,
        }
    }

    /// More bits a second show no more.
    pub(super) const fn most_bps(self) -> u32 {
        match self {
            Self::Px320 => 250_000,
            Self::Px480 => 500_000,
            Self::Px640 => 1_000_000,
            Self::Px960 => 1_500_000,
            Self::Px1280 => 2_500_000,
        }
    }

    /// The smallest that is not smaller than a picture of so many pixels; beyond it there is nothing to show.
    pub(super) fn containing(long_side: u16) -> Self {
        Self::ALL.into_iter().find(|size| size.long_side() >= long_side).unwrap_or(Self::Px1280)
    }

    const fn smaller(self) -> Option<Self> {
        match self {
            Self::Px320 => None,
            Self::Px480 => Some(Self::Px320),
            Self::Px640 => Some(Self::Px480),
            Self::Px960 => Some(Self::Px640),
            Self::Px1280 => Some(Self::Px960),
        }
    }

    const fn larger(self) -> Option<Self> {
        match self {
            Self::Px320 => Some(Self::Px480),
            Self::Px480 => Some(Self::Px640),
            Self::Px640 => Some(Self::Px960),
            Self::Px960 => Some(Self::Px1280),
            Self::Px1280 => None,
        }
    }
}

impl Rate {
    pub(super) const fn per_second(self) -> u16 {
        match self {
            Self::Fps15 => 15,
            Self::Fps20 => 20,
            Self::Fps30 => 30,
        }
    }

    /// Share of the bits of 30 pictures a second. More than in proportion: pictures further apart differ more.
    const fn percent(self) -> u32 {
        match self {
            Self::Fps15 => 60,
            Self::Fps20 => 75,
            Self::Fps30 => 100,
        }
    }
}

/// A size at a rate. Ordered by the bits it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rung {
    pub(super) size: Size,
    pub(super) rate: Rate,
}

impl Rung {
    /// Where every call begins.
    pub(super) const START: Self = Self { size: Size::Px640, rate: Rate::Fps30 };
    /// The lowest at the full rate.
    pub(super) const SMALL: Self = Self { size: Size::Px320, rate: Rate::Fps30 };

    /// Below this it is to be left.
    pub(super) const fn least_bps(self) -> u32 {
        self.size.least_bps() / 100 * self.rate.percent()
    }

    /// Fewer pictures a second first, then a smaller size.
    pub(super) fn lower(self) -> Option<Self> {
        match self.rate {
            Rate::Fps30 => Some(Self { rate: Rate::Fps20, ..self }),
            Rate::Fps20 => Some(Self { rate: Rate::Fps15, ..self }),
            Rate::Fps15 => self.smaller(),
        }
    }

    /// The next smaller size.
    pub(super) fn smaller(self) -> Option<Self> {
        self.size.smaller().map(|size| Self { size, rate: Rate::Fps30 })
    }

    /// The full rate first, then a larger size at the full rate: nobody is shown a jerky picture for growth.
    pub(super) fn higher(self) -> Option<Self> {
        match self.rate {
            Rate::Fps15 => Some(Self { rate: Rate::Fps20, ..self }),
            Rate::Fps20 => Some(Self { rate: Rate::Fps30, ..self }),
            Rate::Fps30 => self.size.larger().map(|size| Self { size, ..self }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_down_needs_fewer_bits_and_the_last_needs_sixty_thousand() {
        let mut rung = Rung { size: Size::Px1280, rate: Rate::Fps30 };
        let mut steps = 1;
        while let Some(lower) = rung.lower() {
            assert!(lower < rung && lower.least_bps() < rung.least_bps(), "{rung:?} to {lower:?}");
            rung = lower;
            steps += 1;
        }
        assert_eq!((steps, rung.least_bps()), (15, 60_000));
    }

    #[test]
    fn a_camera_is_given_the_size_that_holds_all_of_its_picture() {
        assert_eq!([0, 320, 352, 800, 4096].map(|side| Size::containing(side).long_side()), [320, 320, 480, 960, 1280]);
    }
}
