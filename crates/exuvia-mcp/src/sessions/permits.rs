//! How many cells run at a time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Tenant;
use crate::refusal::Refusal;

/// How many cells run at a time. Each has a thread, also while it waits for a tool.
const RUNNING_MAX: usize = 256;
/// How many cells of one tenant run at a time.
const RUNNING_OF_TENANT_MAX: usize = 64;
/// How many wait until they may run.
const WAITING_MAX: usize = 256;

/// Lets a bounded number of cells run.
pub(crate) struct Permits {
    all: Arc<Semaphore>,
    tenants: Mutex<HashMap<Tenant, Arc<Semaphore>>>,
    waiting: AtomicUsize,
}

/// One of those that may run.
pub(crate) struct Permit {
    _all: OwnedSemaphorePermit,
    _tenant: OwnedSemaphorePermit,
}

impl Default for Permits {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(RUNNING_MAX)), tenants: Mutex::default(), waiting: AtomicUsize::new(0) }
    }
}

impl Permits {
    /// Waits until one more cell of this tenant may run.
    pub(crate) async fn acquire(&self, tenant: &Tenant) -> Result<Permit, Refusal> {
        let of_tenant = {
            let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
            // Tenants are those that the server's owner has named, so there are few.
            let semaphore =
                tenants.entry(tenant.clone()).or_insert_with(|| Arc::new(Semaphore::new(RUNNING_OF_TENANT_MAX)));
            Arc::clone(semaphore)
        };
        let _waiting = self.wait()?;
        let open = "nobody closes it";
        let tenant = of_tenant.acquire_owned().await.expect(open);
        let all = Arc::clone(&self.all).acquire_owned().await.expect(open);
        Ok(Permit { _all: all, _tenant: tenant })
    }

    fn wait(&self) -> Result<Waiting<'_>, Refusal> {
        let waiting = Waiting(&self.waiting);
        if self.waiting.fetch_add(1, Ordering::AcqRel) >= WAITING_MAX {
            return Err(Refusal::Busy("on this server"));
        }
        Ok(waiting)
    }
}

/// One of those that wait.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
