//! Switches of WebKitGTK that its Rust binding does not know. The only file with `unsafe` in this workspace.
//!
//! What it is: four functions of WebKit's C interface (WebKitFeature, since 2.42), which the program is linked to already through
//! the `webkit2gtk` crate.
//! Promises: a feature is named by its identifier; one that this WebKit does not have changes nothing.
//! Leaves to others: which features are wanted (`webkit`).
#![expect(unsafe_code, reason = "the binding ends before these functions; each call below says why it is sound")]

use std::ffi::{CStr, c_char, c_int};

use webkit2gtk::{Settings, glib::translate::ToGlibPtr};

/// `WebKitFeatureList`, opaque.
#[repr(C)]
struct FeatureList {
    _opaque: [u8; 0],
}

/// `WebKitFeature`, opaque.
#[repr(C)]
struct Feature {
    _opaque: [u8; 0],
}

/// `WebKitSettings`, opaque; what `webkit2gtk::Settings` holds.
type RawSettings = <Settings as webkit2gtk::glib::object::ObjectType>::GlibType;

unsafe extern "C" {
    /// A new list, owned by the caller.
    fn webkit_settings_get_all_features() -> *mut FeatureList;
    fn webkit_feature_list_get_length(list: *mut FeatureList) -> usize;
    /// A feature that the list owns.
    fn webkit_feature_list_get(list: *mut FeatureList, index: usize) -> *mut Feature;
    fn webkit_feature_list_unref(list: *mut FeatureList);
    /// A string that the feature owns, ending in zero.
    fn webkit_feature_get_identifier(feature: *mut Feature) -> *const c_char;
    fn webkit_settings_set_feature_enabled(settings: *mut RawSettings, feature: *mut Feature, enabled: c_int);
}

/// Switches a feature on for the pages that use these settings. False if this WebKit does not have it.
pub fn enable(settings: &Settings, identifier: &CStr) -> bool {
    // SAFETY: takes nothing and gives a list of its own, or null.
    let list = unsafe { webkit_settings_get_all_features() };
    if list.is_null() {
        return false;
    }
    // SAFETY: `list` is a living list until it is given back below.
    let length = unsafe { webkit_feature_list_get_length(list) };
    let mut found = false;
    for index in 0..length {
        // SAFETY: `list` is alive and `index` below its length; the feature lives as long as the list.
        let feature = unsafe { webkit_feature_list_get(list, index) };
        if feature.is_null() {
            continue;
        }
        // SAFETY: `feature` is alive; the string is its own and ends in zero, or is null.
        let name = unsafe { webkit_feature_get_identifier(feature) };
        // SAFETY: as above; looked at only here, while the list is alive.
        if name.is_null() || unsafe { CStr::from_ptr(name) } != identifier {
            continue;
        }
        let raw: *mut RawSettings = settings.to_glib_none().0;
        // SAFETY: `raw` is kept alive by `settings`, `feature` by the list; both are of the types the function takes.
        unsafe { webkit_settings_set_feature_enabled(raw, feature, 1) };
        found = true;
    }
    // SAFETY: the list is ours and is not used any more.
    unsafe { webkit_feature_list_unref(list) };
    found
}
